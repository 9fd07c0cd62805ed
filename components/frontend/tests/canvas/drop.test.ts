import { expect, test } from "vitest";
import { dropOf, middleOf } from "../../src/board/canvas/drop";
import { chain } from "./samples";

const rows = chain("a", "b", "c").map((each) =>
  each.id === "b" ? { ...each, name: "stem" } : each,
);
const view = { rows, selection: "b" };

test("on a connection a block goes between its ends", () => {
  const spot = { at: "wire", id: "a>b:0", source: "a", target: "b", port: 0 } as const;
  expect(dropOf("ReLU", spot, false, view)).toEqual({
    operation: { op: "add_on_edge", block: "ReLU", source: "a", target: "b", port: 0 },
    words: "between a and stem",
    free: false,
  });
});

test("on a node it goes behind that, whatever is selected", () => {
  const { operation, words, free } = dropOf("ReLU", { at: "node", id: "c" }, true, view);
  expect([operation, words, free]).toEqual([
    { op: "add", block: "ReLU", after: "c" },
    "after c",
    false,
  ]);
});

test("on the ground it goes behind what is selected, else to the end, and stays there", () => {
  const ground = { at: "ground" } as const;
  const onGround = (selection: string | null) => dropOf("ReLU", ground, false, { rows, selection });
  expect(onGround("b")).toMatchObject({ words: "after stem", free: true });
  expect(onGround(null).operation).toEqual({ op: "add", block: "ReLU", after: "c" });
  expect(onGround("#4").operation).toMatchObject({ after: "c" });
  expect(dropOf("Input", ground, false, { rows: [], selection: null })).toMatchObject({
    operation: { op: "add", block: "Input", after: null },
    words: "as the first block",
  });
});

test("on the ground it can be left unconnected", () => {
  const { operation, words, free } = dropOf("ReLU", { at: "ground" }, true, view);
  expect([operation, words, free]).toEqual([{ op: "attach", block: "ReLU" }, "unconnected", true]);
});

test("the end of a connection is the end of the card", () => {
  expect(middleOf({ x: 10, y: 10 }, true, "down")).toEqual({ x: 10, y: 37 });
  expect(middleOf({ x: 10, y: 10 }, false, "down")).toEqual({ x: 10, y: -17 });
  expect(middleOf({ x: 10, y: 10 }, true, "right")).toEqual({ x: 112, y: 10 });
});
