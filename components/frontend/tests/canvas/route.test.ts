import { expect, test } from "vitest";
import { along, type Line, path, routes } from "../../src/board/canvas/route";
import type { Point, Rect } from "../../src/board/canvas/types";

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

test.each(["down", "right"] as const)("lines between the same boxes lie apart, %s", (direction) => {
  const boxes = [box(0, 0), box(300, 150)] as const;
  const lines = [false, true, true].map((twin, at) => ({ ...line(`${at}`, ...boxes), twin }));
  const found = [...routes(lines, direction).values()];
  const labels = new Set(found.map(({ label }) => `${label.x},${label.y}`));
  expect(labels.size).toBe(3);
  expect(found.map(({ side }) => side)).toEqual([false, true, true]);
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

/** Whether a line's pieces run behind a box. */
function behind(points: Point[], rect: Rect): boolean {
  return points.slice(1).some((to, at) => {
    const from = points[at]!;
    const across = Math.max(from.x, to.x) > rect.x && Math.min(from.x, to.x) < rect.x + rect.width;
    const along = Math.max(from.y, to.y) > rect.y && Math.min(from.y, to.y) < rect.y + rect.height;
    return across && along;
  });
}

test("between neighbors on both sides it goes out below and in above, behind none of them", () => {
  const [left, right] = [box(-210, 0), box(210, 0)];
  const [below, low, high] = [box(0, 100), box(-210, 200), box(210, 200)];
  const obstacles = [left, right, below, low, high];
  const { points } = routes([line("l", box(0, 0), box(0, 200), ...obstacles)], "down").get("l")!;
  expect(points[0]).toEqual({ x: 100, y: HEIGHT });
  expect(points.at(-1)).toEqual({ x: 100, y: 200 });
  for (const obstacle of obstacles) expect(behind(points, obstacle)).toBe(false);
});

test("lines to one box with two inlets enter at their own", () => {
  const frame = { x: 0, y: 200, width: 400, height: 300 };
  const [one, other] = [box(-300, 0), box(300, 0)];
  const into = (id: string, source: Rect, share: number) => ({
    ...line(id, source, frame),
    into: share,
  });
  const found = routes([into("a", one, 1 / 3), into("b", other, 2 / 3)], "down");
  expect(found.get("a")!.points.at(-1)!.x).toBeCloseTo(400 / 3);
  expect(found.get("b")!.points.at(-1)!.x).toBeCloseTo(800 / 3);
  for (const { points } of found.values()) expect(points.at(-1)!.y).toBe(200);
});

test("past a box in the way, a line to an inlet still enters from above", () => {
  const frame = { x: 0, y: 200, width: 400, height: 300 };
  const obstacle = { x: 0, y: 90, width: 300, height: 50 };
  const long = { ...line("l", box(0, 0), frame, obstacle), into: 1 / 3 };
  const { points } = routes([long], "down").get("l")!;
  expect(points.at(-1)!.x).toBeCloseTo(400 / 3);
  expect(points.at(-1)!.y).toBe(200);
  expect(behind(points, obstacle)).toBe(false);
  expect(behind(points, frame)).toBe(false);
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

test("a point along a line goes around its bends, and never beyond its middle", () => {
  const bent = [
    { x: 0, y: 0 },
    { x: 0, y: 10 },
    { x: 100, y: 10 },
  ];
  expect(along(bent, 4)).toEqual({ x: 0, y: 4 });
  expect(along(bent, 14)).toEqual({ x: 4, y: 10 });
  expect(along(bent.toReversed(), 14)).toEqual({ x: 86, y: 10 });
  expect(along(bent, 500)).toEqual({ x: 45, y: 10 });
});
