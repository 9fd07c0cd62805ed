import { expect, test } from "vitest";
import { type Standing, shortcuts } from "../../src/board/stack/shortcuts";

const layer = (id: string, ...inputs: string[]): Standing => ({ id, inputs, shape: "8×8×32" });

const BLOCK = [
  layer("input"),
  layer("conv_1", "input"),
  layer("relu", "conv_1"),
  layer("conv_2", "relu"),
  layer("conv_3", "input"),
  layer("bn_3", "conv_3"),
  layer("add", "conv_2", "bn_3"),
];

test("the projection of a residual block is its shortcut", () => {
  expect(shortcuts(BLOCK)).toEqual(
    new Map([
      ["bn_3", "add"],
      ["conv_3", "add"],
    ]),
  );
});

test("it does not matter which way the merge reads first", () => {
  const turned = [...BLOCK.slice(0, -1), layer("add", "bn_3", "conv_2")];
  expect([...shortcuts(turned).keys()].sort()).toEqual(["bn_3", "conv_3"]);
});

test("a shortcut without layers has nothing to show", () => {
  const identity = [...BLOCK.slice(0, 4), layer("add", "conv_2", "input")];
  expect(shortcuts(identity).size).toBe(0);
});

test("inside of a frame, its input is where the ways part", () => {
  const parts = [
    layer("conv_1", ""),
    layer("conv_2", "conv_1"),
    layer("conv_3", ""),
    layer("add", "conv_2", "conv_3"),
  ];
  expect([...shortcuts(parts)]).toEqual([["conv_3", "add"]]);
});

test("the main path may divide in turn, as a squeeze and excitation does", () => {
  const squeeze = [
    ...BLOCK.slice(0, 4),
    layer("pool", "conv_2"),
    layer("scale", "conv_2", "pool"),
    layer("conv_3", "input"),
    layer("add", "scale", "conv_3"),
  ];
  expect([...shortcuts(squeeze)]).toEqual([["conv_3", "add"]]);
});

test("ways of the same length are branches", () => {
  const even = [
    layer("input"),
    layer("conv_1", "input"),
    layer("conv_2", "input"),
    layer("add", "conv_1", "conv_2"),
  ];
  expect(shortcuts(even).size).toBe(0);
});

test("what puts channels side by side has branches", () => {
  const wide = BLOCK.map((each) => (each.id === "add" ? { ...each, shape: "8×8×64" } : each));
  expect(shortcuts(wide).size).toBe(0);
});

test("ways from two sources go round nothing", () => {
  const cell = [
    layer("before"),
    layer("other"),
    layer("conv_1", "before"),
    layer("conv_2", "conv_1"),
    layer("conv_3", "other"),
    layer("add", "conv_2", "conv_3"),
  ];
  expect(shortcuts(cell).size).toBe(0);
});

test("a way that also begins elsewhere is not gone round", () => {
  const mixed = [
    layer("before"),
    layer("other"),
    layer("conv_1", "before"),
    layer("mix", "conv_1", "other"),
    layer("conv_2", "mix"),
    layer("conv_3", "other"),
    layer("add", "conv_2", "conv_3"),
  ];
  expect(shortcuts(mixed).size).toBe(0);
});

test("a graph that leads back into itself comes to an end", () => {
  const turning = [
    layer("input"),
    layer("conv_1", "conv_2"),
    layer("conv_2", "conv_1"),
    layer("conv_3", "input"),
    layer("add", "conv_1", "conv_3"),
  ];
  expect(shortcuts(turning).size).toBe(0);
});
