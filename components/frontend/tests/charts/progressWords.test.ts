import { expect, test } from "vitest";
import { loadWords } from "../../src/charts/loadWords";
import { doing, rest, where } from "../../src/charts/progressWords";
import { state } from "../samples";

test("a training says where it is and what is left", () => {
  const running = state({ epoch: 2, epochs: 1200, batch: 5, batches: 40, eta_seconds: 90 });
  expect(doing(running)).toBe("Training");
  expect(where(running)).toBe("epoch 2 of 1,200 · batch 5 of 40");
  expect(where({ ...running, preparing: "tracing" })).toMatch(/ · tracing$/);
  expect(rest({ ...running, images_per_second: 1234 })).toBe("1 min 30 s left · 1,234 images/s");
});

test("before the first batch it says what is going on", () => {
  const starting = state({ state: "starting", stage: "loading data" });
  expect([doing(starting), where(starting), rest(starting)]).toEqual([
    "Starting",
    "loading data",
    "",
  ]);
  expect([doing(null), where(null), rest(null)]).toEqual(["Connecting", "", ""]);
});

test("a run that waits says how far it was", () => {
  expect(where(state({ state: "queued" }))).toBe("");
  expect(where(state({ state: "queued", epoch: 3, epochs: 9 }))).toBe("epoch 3 of 9");
});

test("a run that has ended says how far it came and how long it took", () => {
  const ended = { epoch: 3, epochs: 3, batches: 20, started: 100, finished: 225 };
  expect(where(state({ ...ended, state: "finished", batch: 7 }))).toBe("epoch 3 of 3");
  expect(where(state({ ...ended, state: "stopped", batch: 7 }))).toBe(
    "epoch 3 of 3 · batch 7 of 20",
  );
  expect(rest(state({ ...ended, state: "finished" }))).toBe("took 2 min 05 s");
  expect(rest(state({ ...ended, state: "failed", seconds: 61 }))).toBe("took 1 min 01 s");
});

test("the load is told while it trains, and the most memory afterwards", () => {
  const load = {
    cpu: 0.5,
    cores: 1,
    memory: 2e9,
    memory_peak: 3e9,
    machine_used: 4e9,
    machine_total: 8e9,
    gpu: null,
    gpu_used: null,
    gpu_total: null,
  };
  expect(loadWords(load, true)).toBe(
    "CPU 50 % of 1 core · memory 2.0 GB · machine 4.0 GB of 8.0 GB",
  );
  expect(loadWords(load, false)).toBe("memory up to 3.0 GB");
  expect(loadWords(null, true)).toBe("");
});
