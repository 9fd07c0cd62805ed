import { expect, test } from "vitest";
import { first, fitted, moved, wayInto, zoomed } from "../../src/diagram/view";

const ROOM = { width: 400, height: 800 };

test("a small picture stands in the middle, as large as it is", () => {
  const picture = { width: 200, height: 100 };
  expect(fitted(ROOM, picture)).toEqual({ scale: 1, x: 100, y: 350 });
  expect(first(ROOM, picture)).toEqual({ scale: 1, x: 100, y: 350 });
});

test("a long one is fitted whole, but first shown from its top so that it can be read", () => {
  const picture = { width: 200, height: 8000 };
  expect(fitted(ROOM, picture)).toEqual({ scale: 0.1, x: 190, y: 0 });
  expect(first(ROOM, picture)).toEqual({ scale: 0.75, x: 125, y: 0 });
});

test("what is under the pointer stays there while it is zoomed", () => {
  const view = { scale: 1, x: 50, y: 20 };
  const at = { x: 150, y: 220 };
  const larger = zoomed(view, 2, at);
  expect(larger).toEqual({ scale: 2, x: -50, y: -180 });
  expect(zoomed(larger, 0.5, at)).toEqual(view);
});

test("zooming ends where it serves nobody", () => {
  const view = { scale: 1, x: 0, y: 0 };
  expect(zoomed(view, 100, { x: 0, y: 0 }).scale).toBe(3);
  expect(zoomed(view, 0.001, { x: 0, y: 0 }).scale).toBe(0.05);
});

test("a picture is never moved out of sight", () => {
  const picture = { width: 200, height: 100 };
  const view = { scale: 2, x: 0, y: 0 };
  expect(moved(view, { x: 30, y: -10 }, ROOM, picture)).toEqual({ scale: 2, x: 30, y: -10 });
  expect(moved(view, { x: -9999, y: -9999 }, ROOM, picture)).toEqual({
    scale: 2,
    x: -360,
    y: -160,
  });
  expect(moved(view, { x: 9999, y: 9999 }, ROOM, picture)).toEqual({ scale: 2, x: 360, y: 760 });
});

test("a box is brought into view by the shortest way, by its start where it is too large", () => {
  expect(wayInto({ x: 50, y: 50, width: 100, height: 100 }, ROOM)).toEqual({ x: 0, y: 0 });
  expect(wayInto({ x: -50, y: 900, width: 100, height: 100 }, ROOM)).toEqual({ x: 66, y: -216 });
  expect(wayInto({ x: 100, y: 0, width: 900, height: 10 }, ROOM)).toEqual({ x: -84, y: 16 });
});
