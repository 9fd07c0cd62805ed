import { expect, test } from "vitest";
import type { Part } from "../../src/board/canvas/types";
import { linesOf } from "../../src/board/stack/inside";

function part(key: string, folds: boolean, parts: Part[] = [], ...inputs: string[]): Part {
  return {
    ...{ key, folds, parts, title: key, category: "convolution", parameters: "", shape: "8×8×32" },
    ...{ params: 0, macs: 0, activation_bytes: 0, layers: parts.length, output: "" },
    inputs: inputs.map((source) => ({ source, inlet: 0, shape: "8×8×32" })),
  };
}

const PARTS = [
  part("block/0", false, [
    part("block/0/0", false),
    part("block/0/1", true, [part("block/0/1/0", false)]),
  ]),
  part("block/1", true, [part("block/1/0", false)]),
];

const told = (open: string[]) =>
  linesOf(PARTS, new Set(open)).map((line) => [line.part.key, line.depth, line.open]);

test("each part stands before what it is made of, as far as that is unfolded", () => {
  expect(told([])).toEqual([
    ["block/0", 0, null],
    ["block/0/0", 1, null],
    ["block/0/1", 1, false],
    ["block/1", 0, false],
  ]);
  expect(told(["block/0/1", "block/1"])).toEqual([
    ["block/0", 0, null],
    ["block/0/0", 1, null],
    ["block/0/1", 1, true],
    ["block/0/1/0", 2, null],
    ["block/1", 0, true],
    ["block/1/0", 1, null],
  ]);
});

test("layers of a shortcut stand one step in, and say what they lead to", () => {
  const parts = [
    part("conv_1", false, [], ""),
    part("conv_2", false, [], "conv_1"),
    part("conv_3", false, [], ""),
    part("add", false, [], "conv_2", "conv_3"),
  ];
  const lines = linesOf(parts, new Set());
  expect(lines.map(({ depth }) => depth)).toEqual([0, 0, 1, 0]);
  expect(lines.map(({ shortcut }) => shortcut)).toEqual(["", "", "add", ""]);
});
