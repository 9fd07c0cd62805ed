import { expect, test } from "vitest";
import { placeOf } from "../../src/shell/menus";

test("the arrow keys walk around a menu", () => {
  expect(["ArrowDown", "ArrowUp", "Home", "End"].map((key) => placeOf(key, 0, 3))).toEqual([
    1, 2, 0, 2,
  ]);
  expect(placeOf("ArrowDown", 2, 3)).toBe(0);
  expect(placeOf("ArrowDown", -1, 3)).toBe(0);
});

test("other keys, and an empty menu, are left alone", () => {
  expect([placeOf("Enter", 1, 3), placeOf("ArrowDown", -1, 0)]).toEqual([null, null]);
});
