import { expect, test } from "vitest";
import { sceneOf } from "../../src/board/canvas/scene";
import type { Rect } from "../../src/board/canvas/types";
import { walk } from "../../src/board/canvas/walk";
import { withSkip } from "./samples";

function at(x: number, y: number): Rect {
  return { x, y, width: 200, height: 50 };
}

const rects = new Map([
  ["a", at(0, 0)],
  ["b", at(0, 100)],
  ["c", at(0, 200)],
  ["aside", at(300, 100)],
]);
const { links } = sceneOf(withSkip("a", "a", "b", "c"));

test("down follows the connection to the nearest, not the skip", () => {
  expect(walk("a", "ArrowDown", rects, links)).toBe("b");
});

test("what is connected comes before what is nearer", () => {
  const nearer = new Map([...rects, ["near", at(0, 60)]]);
  expect(walk("a", "ArrowDown", nearer, links)).toBe("b");
});

test("up goes back along the first input", () => {
  expect(walk("c", "ArrowUp", rects, links)).toBe("b");
});

test("sideways goes to the nearest that way, connected or not", () => {
  expect(walk("b", "ArrowRight", rects, links)).toBe("aside");
  expect(walk("aside", "ArrowLeft", rects, links)).toBe("b");
});

test("at the end there is nowhere to go", () => {
  expect(walk("c", "ArrowDown", rects, links)).toBeNull();
  expect(walk("a", "ArrowUp", rects, links)).toBeNull();
});

test("from nowhere, or from one that is gone, it begins at the first", () => {
  expect(walk(null, "ArrowDown", rects, links)).toBe("a");
  expect(walk("gone", "ArrowUp", rects, links)).toBe("a");
  expect(walk(null, "ArrowUp", new Map(), [])).toBeNull();
});
