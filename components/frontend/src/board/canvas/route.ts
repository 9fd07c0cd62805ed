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
  twin?: boolean; // whether an earlier one joins the same boxes: it takes a lane
  into?: number; // where it enters, as a share of the target's edge; anywhere where that is left out
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
const BEHIND = 10_000; // what it costs to run behind a box

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
    const way = { source, target, obstacles, into: line.into };
    const { route, lane } = best(way, line, lanes);
    if (lane) lanes.push(lane);
    const points = route.points.map((point) => turnPoint(point, turned));
    found.set(line.id, { ...route, points, label: turnPoint(route.label, turned) });
  }
  return found;
}

interface Way {
  source: Rect;
  target: Rect;
  obstacles: Rect[];
  into: number | undefined;
}

/** A route with the lane that it takes; `clear` where it runs behind no box. */
interface Found {
  route: Route;
  lane?: Segment;
  clear?: boolean;
}

/** The first that runs behind no box, of those that are easy to read and then of those that bend. */
function best(way: Way, line: Line, lanes: Segment[]): Found {
  const straight = line.twin ? null : direct(way, line.fanOut);
  if (straight) return { route: straight };
  const beside = way.into === undefined ? around(way, lanes) : null;
  if (beside?.clear) return beside;
  return through(way, lanes) ?? beside ?? around(way, lanes);
}

/** From the middle of one's bottom to the inlet in the other's top; null where that is barred. */
function direct({ source, target, obstacles, into }: Way, fanOut: boolean): Route | null {
  const from = { x: middle(source), y: source.y + source.height };
  const to = { x: inlet(target, into), y: target.y };
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
function around({ source, target, obstacles }: Way, lanes: Segment[]): Found {
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
        if (crossed(points, others)) cost += BEHIND;
        if (taken(lanes, x, top, bottom)) cost += 400;
        if (best === null || cost < best.cost) best = { cost, points, right };
      }
    }
  }
  const { points, cost } = best!;
  const label = { x: points[1]!.x, y: (top + bottom) / 2 };
  const lane = { from: points[1]!, to: points[2]! };
  return { route: { points, label, side: true }, lane, clear: cost < BEHIND };
}

/**
 * Out of one's bottom, through the gap below it to a lane, along it, and through the gap above the
 * other to its inlet; null where that is barred everywhere.
 */
function through({ source, target, obstacles, into }: Way, lanes: Segment[]): Found | null {
  const from = { x: middle(source), y: source.y + source.height };
  const to = { x: inlet(target, into), y: target.y };
  const boxes = [source, target, ...obstacles];
  const edges = boxes.flatMap(({ x, width }) =>
    [0, 1, 2].flatMap((step) => [x + width + LANE + step * APART, x - LANE - step * APART]),
  );
  const length = (x: number) => Math.abs(x - from.x) + Math.abs(x - to.x);
  const columns = [...new Set([from.x, to.x, ...edges])].sort((a, b) => length(a) - length(b));
  for (const room of [STUB, 10, 24, 32]) {
    const [top, bottom] = [from.y + room, to.y - room];
    const free = columns.find((x) => {
      const lane = [
        { x: from.x, y: top },
        { x, y: top },
        { x, y: bottom },
        { x: to.x, y: bottom },
      ];
      const barred = crossed([from, ...lane, to], obstacles) || crossed(lane, [source, target]);
      return !barred && !taken(lanes, x, top, bottom);
    });
    if (free === undefined) continue;
    const points = [
      from,
      { x: from.x, y: top },
      { x: free, y: top },
      { x: free, y: bottom },
      { x: to.x, y: bottom },
      to,
    ];
    const label = { x: free, y: (top + bottom) / 2 };
    return { route: { points, label, side: true }, lane: { from: points[2]!, to: points[3]! } };
  }
  return null;
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

/** Where a line enters a box from above. */
function inlet(rect: Rect, into = 0.5): number {
  return rect.x + rect.width * into;
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

/** The point at a length along the points, but in the first half of them. */
export function along(points: Point[], length: number): Point {
  const whole = points.slice(1).reduce((sum, at, i) => sum + distance(points[i]!, at), 0);
  let rest = Math.min(length, whole / 2);
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!];
    if (rest <= distance(from, to)) return toward(from, to, rest);
    rest -= distance(from, to);
  }
  return points.at(-1)!;
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
