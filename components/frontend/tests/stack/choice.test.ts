import { expect, test } from "vitest";
import {
  neighborOf,
  placeBehind,
  standsBehind,
  stepped,
  upTo,
  withOrWithout,
} from "../../src/board/stack/choice";

const IDS = ["a", "b", "c", "d"];

test.each([
  ["b", "d", ["b", "c", "d"]],
  ["d", "b", ["b", "c", "d"]],
  ["c", "c", ["c"]],
])("from %s up to %s", (anchor, node, chosen) => {
  expect(upTo(IDS, anchor, node)).toEqual(chosen);
});

test("a selection whose beginning is gone reaches nowhere", () => {
  expect(upTo(IDS, "gone", "b")).toBeNull();
  expect(upTo(IDS, null, "b")).toBeNull();
});

test("a row is taken into a selection as its last, and out of it", () => {
  expect(withOrWithout(["a", "b"], "c")).toEqual(["a", "b", "c"]);
  expect(withOrWithout(["a", "b", "c"], "b")).toEqual(["a", "c"]);
});

test.each([
  ["b", ["b"], "c"],
  ["b", ["b", "c"], "d"],
  ["d", ["d"], "c"],
  ["d", ["c", "d"], "b"],
  ["a", IDS, null],
])("where %s goes, of %j, its neighbor stays", (node, gone, neighbor) => {
  expect(neighborOf(IDS, gone, node)).toBe(neighbor);
});

test.each([
  ["b", 1, "c"],
  ["d", 1, "d"],
  ["a", -1, "a"],
  [null, 1, "a"],
  [null, -1, "a"],
  ["c", Number.NEGATIVE_INFINITY, "a"],
  ["c", Number.POSITIVE_INFINITY, "d"],
] as const)("from %s by %d leads to %s", (from, places, to) => {
  expect(stepped(IDS, from, places)).toBe(to);
});

test("among no rows there is nowhere to go", () => {
  expect(stepped([], null, 1)).toBeUndefined();
});

test.each([
  ["b", 1, "c"],
  ["b", 2, "d"],
  ["b", -1, null],
  ["c", -1, "a"],
  ["d", 1, undefined],
  ["a", -1, undefined],
  ["gone", 1, undefined],
] as const)("%s moved by %d stands behind %s", (node, by, after) => {
  expect(placeBehind(IDS, node, by)).toBe(after);
});

test("a row stands behind the one above it and, so to speak, behind itself", () => {
  expect(IDS.filter((after) => standsBehind(IDS, "c", after))).toEqual(["b", "c"]);
  expect(standsBehind(IDS, "a", null)).toBe(true);
  expect(standsBehind(IDS, "b", null)).toBe(false);
});
