import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ElkGraph, TooLong } from "../../src/board/canvas/layout";

const MINUTE = 60_000;

/** A worker that answers what it is asked once its script is there, if that ever comes. */
class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  static loading: number | null = 0; // milliseconds; null for never
  static endless: string[] = []; // the commands that it never comes to an end with
  onmessage: ((answer: { data: unknown }) => void) | null = null;
  isStopped = false;

  constructor(readonly address: string) {
    super();
    FakeWorker.made.push(this);
  }

  postMessage({ id, cmd }: { id: number; cmd: string }): void {
    const { loading, endless } = FakeWorker;
    if (loading === null || endless.includes(cmd)) return;
    const data = { id, data: cmd === "layout" ? { id: "laid out" } : [] };
    setTimeout(() => this.isStopped || this.onmessage?.({ data }), loading);
  }

  terminate(): void {
    this.isStopped = true;
  }
}

const GRAPH = { id: "root" } as ElkGraph;

/** What has become of a promise so far. */
function watched(promise: Promise<unknown>): { outcome: unknown } {
  const seen: { outcome: unknown } = { outcome: "waiting" };
  promise.then(
    () => (seen.outcome = "done"),
    (reason: unknown) => (seen.outcome = reason),
  );
  return seen;
}

/** The module anew, which keeps one worker for as long as it runs. */
async function fresh(loading: number | null, ...endless: string[]) {
  vi.resetModules();
  Object.assign(FakeWorker, { made: [], loading, endless });
  return import("../../src/board/canvas/elk");
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Worker", FakeWorker);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("elkjs that does not load is waited for a minute, then stopped; the next try starts anew", async () => {
  const { loaded } = await fresh(null);
  const first = watched(loaded());
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  expect(first.outcome).toBe("waiting");
  expect(FakeWorker.made.map(({ isStopped }) => isStopped)).toEqual([false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(first.outcome).toEqual(new Error("the layout's worker did not load"));
  expect(FakeWorker.made.map(({ isStopped }) => isStopped)).toEqual([true]);
  FakeWorker.loading = 0;
  const second = watched(loaded());
  await vi.advanceTimersByTimeAsync(10);
  expect(second.outcome).toBe("done");
  expect(FakeWorker.made.map(({ isStopped }) => isStopped)).toEqual([true, false]);
});

test("elkjs that loads late is kept, and its minute is over with that", async () => {
  const { loaded, elk } = await fresh(MINUTE - 100);
  const loading = watched(loaded());
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  expect(loading.outcome).toBe("done");
  FakeWorker.loading = 0;
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  const laid = elk(GRAPH, 1_000);
  await vi.advanceTimersByTimeAsync(10);
  expect(await laid).toEqual({ id: "laid out" });
  expect(FakeWorker.made.map(({ isStopped }) => isStopped)).toEqual([false]);
});

test("all who wait for a worker that does not load hear of it at once", async () => {
  const { loaded } = await fresh(null);
  const first = watched(loaded());
  await vi.advanceTimersByTimeAsync(MINUTE / 2);
  const second = watched(loaded());
  await vi.advanceTimersByTimeAsync(MINUTE / 2);
  expect(FakeWorker.made).toHaveLength(1);
  expect(second.outcome).toBe(first.outcome);
  expect(first.outcome).toBeInstanceOf(Error);
});

test("a script that cannot be had is not waited for", async () => {
  const { loaded } = await fresh(null);
  const seen = watched(loaded());
  await vi.advanceTimersByTimeAsync(0);
  FakeWorker.made[0]!.dispatchEvent(new Event("error"));
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.outcome).toEqual(new Error("the layout's worker could not be loaded"));
});

test("a layout that takes longer than it may is stopped with its worker", async () => {
  const { elk } = await fresh(0, "layout");
  const seen = watched(elk(GRAPH, 1_000));
  await vi.advanceTimersByTimeAsync(999);
  expect(seen.outcome).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  // By its name: the module that was loaded anew has a class of its own.
  expect((seen.outcome as Error).constructor.name).toBe(TooLong.name);
  expect(FakeWorker.made.map(({ isStopped }) => isStopped)).toEqual([true]);
});
