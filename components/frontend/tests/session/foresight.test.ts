/** What is foreseen of an edit, with a server that is played by hand. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Edit, Foresight } from "../../src/board/session/foresight";
import type { State } from "../../src/board/session/state";
import type { Foreseen, NodeRow } from "../../src/generated/board";

const row = (id: string, shape: string) => ({ id, shape }) as NodeRow;
const NODES = [row("a", "8×8×4"), row("b", "8×8×2")];
const wider = (value: number): Edit => ({ node: "a", parameter: "filters", value });
const state = (version: number, nodes = NODES) => ({ version, nodes }) as State;

let asked: { edit: Edit; answer: (told: Foreseen | null) => Promise<void> }[];
let heard: number;
let foresight: Foresight;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  heard = 0;
  const foresee = (edit: Edit) =>
    new Promise<Foreseen | null>((resolve) => {
      asked.push({ edit, answer: async (told) => void (await resolve(told)) });
    });
  foresight = new Foresight(foresee, () => heard++);
});

afterEach(() => vi.useRealTimers());

const shapes = (now: State) => foresight.over(now).map(({ shape }) => shape);

/** Rests on what makes `a` wider, and has the server say what comes of it. */
async function prepared(value: number, version = 5): Promise<void> {
  foresight.over(state(version));
  foresight.expect(() => wider(value));
  vi.advanceTimersByTime(100);
  await asked.at(-1)!.answer({ version, nodes: [row("a", `8×8×${value}`)] });
}

test("what a press does shows with it, once the server has said what that is", async () => {
  await prepared(5);
  expect(shapes(state(5))).toEqual(["8×8×4", "8×8×2"]);
  foresight.made(wider(5), state(5));
  expect(heard).toBe(1);
  expect(shapes(state(5))).toEqual(["8×8×5", "8×8×2"]);
  expect(foresight.over(state(5))[1]).toBe(NODES[1]);
});

test("a pointer that only passes by asks for nothing", () => {
  foresight.over(state(5));
  foresight.expect(() => wider(5));
  vi.advanceTimersByTime(10);
  foresight.expect(() => null);
  vi.advanceTimersByTime(100);
  expect(asked).toEqual([]);
});

test("what the server tells takes the place of what was foreseen, whatever it is", async () => {
  await prepared(5);
  foresight.made(wider(5), state(5));
  expect(shapes(state(6, [row("a", "8×8×7"), NODES[1]!]))).toEqual(["8×8×7", "8×8×2"]);
  expect(shapes(state(5))).toEqual(["8×8×4", "8×8×2"]);
});

test("a selection in between leaves it standing", async () => {
  await prepared(5);
  foresight.made(wider(5), state(5));
  expect(shapes(state(6))).toEqual(["8×8×5", "8×8×2"]);
});

test("nothing is shown for another edit, before the answer, or after a refusal", async () => {
  await prepared(5);
  foresight.made(wider(6), state(5));
  foresight.made({ ...wider(5), node: "b" }, state(5));
  foresight.expect(() => wider(7));
  vi.advanceTimersByTime(100);
  foresight.made(wider(7), state(5));
  await asked.at(-1)!.answer(null);
  foresight.made(wider(7), state(5));
  expect(heard).toBe(0);
});

test("an answer for another version than the page's is of no use", async () => {
  foresight.over(state(5));
  foresight.expect(() => wider(5));
  vi.advanceTimersByTime(100);
  await asked[0]!.answer({ version: 6, nodes: [row("a", "8×8×5")] });
  foresight.made(wider(5), state(5));
  expect(shapes(state(5))).toEqual(["8×8×4", "8×8×2"]);
});

test("after a change the next press is foreseen, as the pointer still rests there", async () => {
  let value = 5;
  foresight.over(state(5));
  foresight.expect(() => wider(value));
  vi.advanceTimersByTime(100);
  await asked[0]!.answer({ version: 5, nodes: [row("a", "8×8×5")] });
  value = 6;
  const next = state(6, [row("a", "8×8×5"), NODES[1]!]);
  foresight.over(next);
  expect(asked.map(({ edit }) => edit.value)).toEqual([5, 6]);
  await asked[1]!.answer({ version: 6, nodes: [row("a", "8×8×6")] });
  foresight.made(wider(6), next);
  expect(shapes(next)).toEqual(["8×8×6", "8×8×2"]);
});

test("the same is asked once, and an answer that comes too late is dropped", async () => {
  foresight.over(state(5));
  for (let times = 0; times < 3; times++) {
    foresight.expect(() => wider(5));
    vi.advanceTimersByTime(100);
  }
  expect(asked.length).toBe(1);
  foresight.expect(() => null);
  const next = state(6, [row("a", "8×8×9")]);
  foresight.over(next);
  await asked[0]!.answer({ version: 5, nodes: [row("a", "8×8×5")] });
  foresight.made(wider(5), next);
  expect(shapes(next)).toEqual(["8×8×9"]);
});

test("what does not come true is taken back", async () => {
  await prepared(5);
  foresight.made(wider(5), state(5));
  vi.advanceTimersByTime(10_000);
  expect(heard).toBe(2);
  expect(shapes(state(5))).toEqual(["8×8×4", "8×8×2"]);
});

test("where nothing would change, nothing is drawn", async () => {
  foresight.over(state(5));
  foresight.expect(() => wider(4));
  vi.advanceTimersByTime(100);
  await asked[0]!.answer({ version: 5, nodes: [] });
  foresight.made(wider(4), state(5));
  expect(heard).toBe(0);
});

test("once it is closed, nothing is asked or taken back", async () => {
  await prepared(5);
  foresight.made(wider(5), state(5));
  foresight.close();
  vi.advanceTimersByTime(10_000);
  foresight.over(state(6));
  expect([heard, asked.length]).toEqual([1, 1]);
});

test("what was told of one document is not shown of another with the same names", async () => {
  await prepared(5);
  foresight.expect(() => wider(6));
  vi.advanceTimersByTime(100);
  foresight.forget();
  const other = state(5, [row("a", "2×2×4")]);
  foresight.over(other);
  await asked[1]!.answer({ version: 5, nodes: [row("a", "8×8×6")] });
  for (const value of [5, 6]) foresight.made(wider(value), other);
  expect(shapes(other)).toEqual(["2×2×4"]);
  foresight.expect(() => wider(5));
  vi.advanceTimersByTime(100);
  await asked[2]!.answer({ version: 5, nodes: [row("a", "2×2×5")] });
  foresight.made(wider(5), other);
  expect(shapes(other)).toEqual(["2×2×5"]);
});
