import { expect, test } from "vitest";
import { pathTo } from "../../src/board/canvas/Crumbs";
import { sceneOf } from "../../src/board/canvas/scene";
import { timesOf } from "../../src/board/canvas/Times";
import type { Part } from "../../src/board/canvas/types";
import { viewOf } from "../../src/board/canvas/view";
import { row } from "./samples";

const part = (key: string, ...parts: Part[]): Part => ({
  key,
  title: key,
  category: "module",
  parameters: "",
  shape: "8×8×32",
  params: 0,
  macs: 0,
  activation_bytes: 0,
  layers: 2,
  folds: true,
  inputs: [],
  parts,
  output: parts.at(-1)?.key ?? "",
});

const inner = part("cell/0", part("cell/0/0"), part("cell/0/1"));
const scene = sceneOf([row("a"), { ...row("cell", "a"), open: true, parts: [inner] }]);
const path = (key: string | null) => pathTo(key, scene).map((box) => box.id);

test("the path goes through the frames, and ends at the last that is unfolded", () => {
  expect(path("cell")).toEqual(["cell"]);
  expect(path("cell/0")).toEqual(["cell", "cell/0"]);
  expect(path("cell/0/1")).toEqual(["cell", "cell/0"]);
  expect(path("a")).toEqual([]);
  expect(path("gone")).toEqual([]);
  expect(path(null)).toEqual([]);
});

test("a frame is shown whole, in the middle, and not blown up", () => {
  const large = viewOf({ x: 100, y: 200, width: 400, height: 2000 }, 1000, 548);
  expect(large.zoom).toBe(0.25);
  expect([300 * large.zoom + large.x, 1200 * large.zoom + large.y]).toEqual([500, 274]);
  expect(viewOf({ x: 0, y: 0, width: 40, height: 40 }, 1000, 500).zoom).toBe(1.2);
});

test.each([
  ["12", 12],
  [" ×3 ", 3],
  ["x4", 4],
  ["0", null],
  ["-1", null],
  ["1.5", null],
  ["1e3", null],
  ["", null],
  ["many", null],
  ["1".repeat(30), 999_999],
])("repeats %j: %s", (text, times) => {
  expect(timesOf(text)).toBe(times);
});
