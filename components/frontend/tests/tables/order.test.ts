import { expect, test } from "vitest";
import { hint, keyed, label, moved, placeAfter } from "../../src/tables/order/moves";

test("one thing that stands there twice has two keys", () => {
  const items = keyed([
    ["a", "A", ""],
    ["b", "B", ""],
    ["a", "A", ""],
  ]);
  expect(items.map(({ key }) => key)).toEqual(["a 1", "b 1", "a 2"]);
});

test("nothing moves beyond an end", () => {
  expect([placeAfter(0, "earlier", 2), placeAfter(1, "later", 2)]).toEqual([null, null]);
  expect([
    placeAfter(1, "earlier", 2),
    placeAfter(0, "later", 2),
    placeAfter(1, "drop", 2),
  ]).toEqual([0, 1, 1]);
});

test("a thing moves or goes, and the list that was there stays as it was", () => {
  const list = ["a", "b", "c"];
  expect(moved(list, 2, "earlier", 1)).toEqual(["a", "c", "b"]);
  expect(moved(list, 0, "later", 1)).toEqual(["b", "a", "c"]);
  expect(moved(list, 1, "drop", 1)).toEqual(["a", "c"]);
  expect(list).toEqual(["a", "b", "c"]);
});

test("buttons say what they do, and by which key", () => {
  expect([label("drop", "conv"), hint("drop")]).toEqual(["Drop conv", "Drop"]);
  expect([label("earlier", "conv"), hint("earlier")]).toEqual([
    "Move conv earlier",
    "earlier (Alt ↑)",
  ]);
});
