/**
 * The lines between boxes: straight where nothing is in the way, else along a lane beside it.
 *
 * Worked out from where the boxes are, so that lines follow what a person drags. Everything is
 * reckoned for a layout from top to bottom; the other is turned before and after.
 */

import type { Direction, Point, Rect } from "./types";

export interface Line {
  id: string;
  source: Rect;
  target: Rect;
  obstacles: Rect[]; // the other boxes that it must not cross
  fanOut: boolean; // whether the source is read by several
}

export interface Route {
  points: Point[];
  label: Point;
  side: boolean; // whether it runs along a lane
}

type Segment = { from: Point; to: Point };

const CLEAR = 7; // pixels between a line and a box that it passes
const LANE = 18; // between a lane and the boxes that it passes
const APART = 17; // between two lanes: each carries its shape
const LEFT = 50; // what it costs to leave the right side: one side is easier to read
const STUB = 16; // from a box to the first bend

export function routes(lines: Line[], direction: Direction): Map<string, Route> {
  const turned = direction === "right";
  const found = new Map<string, Route>();
  const lanes: Segment[] = [];
  const span = ({ source, target }: Line) =>
    turned ? Math.abs(target.x - source.x) : Math.abs(target.y - source.y);
  for (const line of [...lines].sort((a, b) => span(a) - span(b))) {
    const source = turnRect(line.source, turned);
    const target = turnRect(line.target, turned);
    const obstacles = line.obstacles.map((rect) => turnRect(rect, turned));
    const route =
      direct(source, target, obstacles, line.fanOut) ?? around(source, target, obstacles, lanes);
    const points = route.points.map((point) => turnPoint(point, turned));
    found.set(line.id, { ...route, points, label: turnPoint(route.label, turned) });
  }
  return found;
}

/** From the middle of one's bottom to the middle of the other's top; null where that is barred. */
function direct(source: Rect, target: Rect, obstacles: Rect[], fanOut: boolean): Route | null {
  const from = { x: middle(source), y: source.y + source.height };
  const to = { x: middle(target), y: target.y };
  if (to.y < from.y + 6) return null;
  if (Math.abs(from.x - to.x) < 1.5) {
    const points = [from, { x: from.x, y: to.y }];
    const label = { x: from.x, y: (from.y + to.y) / 2 };
    return crossed(points, obstacles) ? null : { points, label, side: false };
  }
  const room = to.y - from.y;
  const stub = Math.min(STUB, room / 2);
  const heights = fanOut ? [from.y + stub, to.y - stub] : [to.y - stub, from.y + stub];
  for (const y of [...heights, from.y + room / 2]) {
    const points = [from, { x: from.x, y }, { x: to.x, y }, to];
    if (crossed(points, obstacles)) continue;
    const early = y - from.y > to.y - y;
    const label = early ? { x: from.x, y: (from.y + y) / 2 } : { x: to.x, y: (to.y + y) / 2 };
    return { points, label, side: false };
  }
  return null;
}

/** Out of one's side, along a lane, and into the other's side. */
function around(source: Rect, target: Rect, obstacles: Rect[], lanes: Segment[]): Route {
  const [top, bottom] = [source.y + source.height / 2, target.y + target.height / 2];
  let best: { cost: number; points: Point[]; right: boolean } | null = null;
  const boxes = [source, target, ...obstacles].filter(
    (rect) =>
      rect.y + rect.height > Math.min(top, bottom) - CLEAR &&
      rect.y < Math.max(top, bottom) + CLEAR,
  );
  const others = obstacles.filter((rect) => rect !== source && rect !== target);
  for (const right of [true, false]) {
    const edges = boxes.map((rect) => (right ? rect.x + rect.width : rect.x));
    const out = right ? 1 : -1;
    const own = right
      ? Math.max(source.x + source.width, target.x + target.width)
      : Math.min(source.x, target.x);
    for (const edge of new Set([own, ...edges])) {
      if ((edge - own) * out < 0) continue;
      for (let step = 0; step < 6; step++) {
        const x = edge + out * (LANE + step * APART);
        const points = [
          { x: right ? source.x + source.width : source.x, y: top },
          { x, y: top },
          { x, y: bottom },
          { x: right ? target.x + target.width : target.x, y: bottom },
        ];
        let cost = (x - own) * out + (right ? 0 : LEFT);
        if (best !== null && cost >= best.cost) continue; // what comes on top makes it no better
        if (crossed(points, others)) cost += 10_000;
        if (taken(lanes, x, top, bottom)) cost += 400;
        if (best === null || cost < best.cost) best = { cost, points, right };
      }
    }
  }
  const { points } = best!;
  lanes.push({ from: points[1]!, to: points[2]! });
  const label = { x: points[1]!.x, y: (top + bottom) / 2 };
  return { points, label, side: true };
}

function taken(lanes: Segment[], x: number, top: number, bottom: number): boolean {
  const [low, high] = [Math.min(top, bottom), Math.max(top, bottom)];
  return lanes.some(({ from, to }) => {
    const apart = Math.abs(from.x - x) >= APART - 1;
    const [first, last] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
    return !apart && first < high + 4 && last > low - 4;
  });
}

/** Whether a line of level and upright pieces crosses a box or comes too near to one. */
function crossed(points: Point[], obstacles: Rect[]): boolean {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const [left, right] = [Math.min(a.x, b.x) - CLEAR, Math.max(a.x, b.x) + CLEAR];
    const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
    for (const rect of obstacles) {
      if (right <= rect.x || rect.x + rect.width <= left) continue;
      if (bottom < rect.y || rect.y + rect.height < top) continue;
      return true;
    }
  }
  return false;
}

function middle(rect: Rect): number {
  return rect.x + rect.width / 2;
}

function turnRect(rect: Rect, turned: boolean): Rect {
  if (!turned) return rect;
  return { x: rect.y, y: rect.x, width: rect.height, height: rect.width };
}

function turnPoint(point: Point, turned: boolean): Point {
  return turned ? { x: point.y, y: point.x } : point;
}

/** An SVG path along the points, with round corners. */
export function path(points: Point[], radius = 7): string {
  const first = points[0]!;
  let text = `M${first.x},${first.y}`;
  for (let i = 1; i < points.length; i++) {
    const [before, at, after] = [points[i - 1]!, points[i]!, points[i + 1]];
    if (!after) return `${text}L${at.x},${at.y}`;
    const r = Math.min(radius, distance(before, at) / 2, distance(at, after) / 2);
    const [enter, leave] = [toward(at, before, r), toward(at, after, r)];
    text += `L${enter.x},${enter.y}Q${at.x},${at.y},${leave.x},${leave.y}`;
  }
  return text;
}

function distance(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function toward(from: Point, to: Point, length: number): Point {
  return {
    x: from.x + Math.sign(to.x - from.x) * length,
    y: from.y + Math.sign(to.y - from.y) * length,
  };
}
