import { expect, test } from "vitest";
import { heldAt, stretches, swapOf } from "../../src/board/canvas/held";
import { sceneOf } from "../../src/board/canvas/scene";
import { row } from "./samples";

const ROWS = [row("a"), { ...row("b"), name: "skip" }, row("merge", "a", "b", "a")];
const WIRE = { source: "a", target: "merge", port: 0 };
const RECTS = new Map(
  ["a", "b", "merge"].map((id, at) => [id, { x: 0, y: 100 * at, width: 200, height: 60 }]),
);

test("each input has the stretch of the edge that is nearest to its place", () => {
  expect(stretches(1)).toEqual([[0, 1]]);
  expect(stretches(3)).toEqual([
    [0, 0.375],
    [0.375, 0.625],
    [0.625, 1],
  ]);
});

test("a loose end is held over a node at the input that is nearest, along the edge of lines", () => {
  const held = (x: number, y: number, direction: "down" | "right" = "down") =>
    heldAt({ x, y }, sceneOf(ROWS), RECTS, direction);
  expect(held(20, 210)).toEqual({ node: "merge", inlet: 0 });
  expect(held(100, 210)).toEqual({ node: "merge", inlet: 1 });
  expect(held(180, 210)).toEqual({ node: "merge", inlet: 2 });
  expect(held(180, 210, "right")).toEqual({ node: "merge", inlet: 0 });
  expect(held(180, 250, "right")).toEqual({ node: "merge", inlet: 2 });
  expect(held(180, 110)).toEqual({ node: "b", inlet: 0 });
  expect(held(180, 80)).toBeNull();
  expect(held(201, 210)).toBeNull();
});

test("an end that is let go at another input changes places with the line that has it", () => {
  expect(swapOf(WIRE, { node: "merge", inlet: 1 }, ROWS)).toEqual({
    fit: "fits",
    why: "Becomes input 2; skip becomes input 1.",
    operation: { op: "swap_inputs", ...WIRE, inlet: 1 },
  });
});

test("where an end changes nothing, nothing is done, and it is said where one would wonder", () => {
  expect(swapOf(WIRE, { node: "merge", inlet: 0 }, ROWS)).toEqual({
    fit: "fits",
    why: "",
    operation: null,
  });
  expect(swapOf(WIRE, { node: "merge", inlet: 2 }, ROWS)).toEqual({
    fit: "refused",
    why: "Inputs 1 and 3 both read a.",
    operation: null,
  });
  expect(swapOf(WIRE, { node: "b", inlet: 0 }, ROWS)).toBeNull();
});
