import { expect, test } from "vitest";
import { speedAt } from "../../src/board/stack/useCarried";

test.each([
  [200, 0],
  [37, 0],
  [20, -4],
  [-500, -9],
  [363, 0],
  [380, 4],
  [900, 9],
])("held at %d in a list from 0 to 400, it scrolls by %d pixels a frame", (y, speed) => {
  expect(speedAt(y, 0, 400)).toBe(speed);
});
