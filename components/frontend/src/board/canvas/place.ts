/**
 * Small edits move as little as possible: what was there stays where it is, what is new stands
 * behind what it reads, and room is made or closed only where something came, grew or went.
 *
 * Everything here is worked out for a layout from top to bottom; the other is turned before and
 * after.
 */

import { CARD, GAP } from "./layout";
import type { Link, Scene } from "./scene";
import { members } from "./scene";
import type { Direction, Point, Rect, Size } from "./types";

export type Places = Map<string, Point>;
export type Sizes = Map<string, Size>;

const BESIDE = 28;
const NEAR = 24; // boxes
const APART = 16; // of what a person puts somewhere from what stands there

/** Whether so much is new that everything had better be laid out again. */
export function isAnother(scene: Scene, places: Places): boolean {
  const nodes = members(scene, null);
  const known = nodes.filter((node) => places.has(node.id)).length;
  return nodes.length - known > Math.max(2, nodes.length / 2);
}

/** A new node that a person has put somewhere: the middle of it. */
export interface Landed {
  id: string;
  at: Point;
}

/**
 * The places after an edit.
 *
 * @param before where the nodes were, and how large; nodes that are gone among them
 * @param landed a new node that has its place already
 */
export function place(
  scene: Scene,
  sizes: Sizes,
  before: { places: Places; sizes: Sizes },
  direction: Direction,
  landed: Landed | null = null,
): Places {
  const turned = direction === "right";
  const rects = new Map<string, Rect>();
  for (const [id, point] of before.places) {
    const size = before.sizes.get(id) ?? sizes.get(id) ?? CARD;
    rects.set(id, turn({ ...point, ...size }, turned));
  }
  const links = scene.links.filter((link) => link.parent === null);
  for (const id of [...rects.keys()]) if (!scene.boxes.has(id)) close(rects, id, GAP[direction]);
  for (const { id } of members(scene, null)) {
    const { width, height } = turn({ x: 0, y: 0, ...(sizes.get(id) ?? CARD) }, turned);
    const rect = rects.get(id);
    if (rect) grow(rects, rect, width, height);
    else if (id === landed?.id) rects.set(id, land(rects, landed.at, { width, height }, turned));
    else rects.set(id, settle(rects, links, id, { width, height }, GAP[direction]));
  }
  const found: Places = new Map();
  for (const { id } of members(scene, null)) {
    const { x, y } = turn(rects.get(id)!, turned);
    found.set(id, { x: Math.round(x), y: Math.round(y) });
  }
  return found;
}

function turn(rect: Rect, turned: boolean): Rect {
  if (!turned) return { ...rect };
  return { x: rect.y, y: rect.x, width: rect.height, height: rect.width };
}

/** Takes a node out; where it had its rows to itself, what is below moves up. */
function close(rects: Map<string, Rect>, id: string, gap: number): void {
  const gone = rects.get(id)!;
  rects.delete(id);
  const bottom = gone.y + gone.height;
  const rest = [...rects.values()];
  const alone = rest.every((rect) => rect.y >= bottom || rect.y + rect.height <= gone.y);
  const below = rest.filter((rect) => rect.y >= bottom);
  if (!alone || below.length === rest.length) return;
  for (const rect of below) rect.y -= gone.height + gap;
}

/** Gives a node another size, around the middle of its top. */
function grow(rects: Map<string, Rect>, rect: Rect, width: number, height: number): void {
  const [wider, higher] = [width - rect.width, height - rect.height];
  if (wider === 0 && higher === 0) return;
  const old = { ...rect };
  const [right, bottom] = [old.x + old.width, old.y + old.height];
  Object.assign(rect, { x: old.x - wider / 2, width, height });
  for (const other of rects.values()) {
    if (other === rect) continue;
    if (other.y >= bottom) other.y += higher;
    else if (other.y + other.height > old.y) {
      if (other.x >= right) other.x += wider / 2;
      else if (other.x + other.width <= old.x) other.x -= wider / 2;
    }
  }
}

/**
 * A place for a new node: below what it reads, above what reads it.
 *
 * Readers that are new themselves have no place yet, so those behind them count: of a block that is
 * unpacked, each layer makes room above what comes after the block.
 */
function settle(
  rects: Map<string, Rect>,
  links: Link[],
  id: string,
  size: Size,
  gap: number,
): Rect {
  const found = (ids: string[]) => ids.flatMap((other) => rects.get(other) ?? []);
  const read = found(links.filter((link) => link.target === id).map((link) => link.source));
  const readers = found(readersBehind(rects, links, id));
  const all = [...rects.values()];
  const anchor = read[0] ?? readers[0] ?? all.at(-1);
  if (!anchor) return { x: 0, y: 0, ...size };
  const above = read.length > 0 ? read : all.filter((rect) => !readers.includes(rect));
  const first = read.length === 0 && readers.length > 0;
  const bottom = Math.max(...above.map((rect) => rect.y + rect.height));
  const y = first ? Math.min(...readers.map((rect) => rect.y)) : bottom + gap;
  const rect = { x: anchor.x + (anchor.width - size.width) / 2, y, ...size };
  const behind = readers.filter((reader) => reader.y + reader.height > y - gap);
  const next = Math.min(...behind.map((reader) => reader.y));
  const missing = y + size.height + gap - next;
  if (behind.length > 0 && missing > 0) {
    for (const other of all) if (other.y >= next) other.y += missing;
  }
  while (all.some((other) => overlap(rect, other))) rect.x += size.width + BESIDE;
  return rect;
}

/** What reads a node and has a place, also through nodes that have none yet. */
function readersBehind(rects: Map<string, Rect>, links: Link[], id: string): string[] {
  const reached = new Set([id]);
  for (const node of reached) {
    if (node !== id && rects.has(node)) continue;
    for (const { source, target } of links) if (source === node) reached.add(target);
  }
  reached.delete(id);
  return [...reached].filter((node) => rects.has(node));
}

/** Around a point, or as near to it as nothing else stands. */
function land(rects: Map<string, Rect>, at: Point, size: Size, turned: boolean): Rect {
  const middle = turned ? { x: at.y, y: at.x } : at;
  const wish = { x: middle.x - size.width / 2, y: middle.y - size.height / 2 };
  const all = [...rects.values()];
  const distance = ({ x, y }: Point) => Math.hypot(x - wish.x, y - wish.y);
  const near = all.toSorted((a, b) => distance(a) - distance(b)).slice(0, NEAR);
  // The nearest free place is beside, above or below what stands near.
  const across = near.flatMap(({ x, width }) => [x - size.width - APART, x + width + APART]);
  const along = near.flatMap(({ y, height }) => [y - size.height - APART, y + height + APART]);
  const places = [wish.x, ...across].flatMap((x) => [wish.y, ...along].map((y) => ({ x, y })));
  places.sort((a, b) => distance(a) - distance(b));
  const free = places.find((place) => !all.some((other) => overlap({ ...place, ...size }, other)));
  return { ...(free ?? wish), ...size };
}

export function overlap(one: Rect, other: Rect): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
