import { expect, test } from "vitest";
import { type Line, path, routes } from "../../src/board/canvas/route";
import type { Rect } from "../../src/board/canvas/types";

const [WIDTH, HEIGHT] = [200, 50];

function box(x: number, y: number): Rect {
  return { x, y, width: WIDTH, height: HEIGHT };
}

function line(id: string, source: Rect, target: Rect, ...obstacles: Rect[]): Line {
  return { id, source, target, obstacles, fanOut: false };
}

test("to the box below it goes straight down, with its shape half-way", () => {
  const route = routes([line("l", box(0, 0), box(0, 100))], "down").get("l")!;
  expect(route.points).toEqual([
    { x: 100, y: 50 },
    { x: 100, y: 100 },
  ]);
  expect(route.label).toEqual({ x: 100, y: 75 });
});

test("to a box below and beside, it bends once across the gap", () => {
  const route = routes([line("l", box(0, 0), box(300, 150))], "down").get("l")!;
  expect(route.points).toHaveLength(4);
  expect(route.points.at(-1)).toEqual({ x: 400, y: 150 });
});

test("past a box in the way, it takes a lane beside it and enters at the side", () => {
  const between = box(0, 100);
  const route = routes([line("l", box(0, 0), box(0, 200), between)], "down").get("l")!;
  expect(route.side).toBe(true);
  expect(route.points[0]).toEqual({ x: WIDTH, y: 25 });
  expect(route.points[1]!.x).toBeGreaterThan(WIDTH + 10);
  expect(route.points.at(-1)).toEqual({ x: WIDTH, y: 225 });
});

test("past a wider box, the lane is farther out", () => {
  const wide = { ...box(-300, 100), width: 800 };
  const route = routes([line("l", box(0, 0), box(0, 200), wide)], "down").get("l")!;
  const lane = route.points[1]!.x;
  expect(lane < -300 || lane > 500).toBe(true);
});

test("two long lines never share a lane", () => {
  const boxes = [0, 100, 200, 300, 400].map((y) => box(0, y));
  const [a, b, c, d, e] = boxes as [Rect, Rect, Rect, Rect, Rect];
  const found = routes([line("outer", a, e, b, c, d), line("inner", b, d, a, c, e)], "down");
  const [outer, inner] = [found.get("outer")!, found.get("inner")!];
  expect(Math.abs(outer.points[1]!.x - inner.points[1]!.x)).toBeGreaterThan(10);
  expect(inner.points[1]!.x).toBeLessThan(outer.points[1]!.x);
});

test("a line against the stream goes around as well", () => {
  const route = routes([line("l", box(0, 200), box(0, 0))], "down").get("l")!;
  expect(route.side).toBe(true);
});

test("from left to right everything is turned", () => {
  const route = routes([line("l", box(0, 0), box(300, 0))], "right").get("l")!;
  expect(route.points).toEqual([
    { x: 200, y: 25 },
    { x: 300, y: 25 },
  ]);
});

test("corners are round, but never rounder than their pieces are long", () => {
  expect(
    path([
      { x: 0, y: 0 },
      { x: 0, y: 20 },
      { x: 20, y: 20 },
    ]),
  ).toBe("M0,0L0,13Q0,20,7,20L20,20");
  expect(
    path([
      { x: 0, y: 0 },
      { x: 0, y: 4 },
      { x: 20, y: 4 },
    ]),
  ).toBe("M0,0L0,2Q0,4,2,4L20,4");
});
