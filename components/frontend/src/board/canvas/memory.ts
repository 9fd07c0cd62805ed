/**
 * What a person arranged: places, direction, overlay and view, by document.
 *
 * Kept in this module for as long as the page is loaded, and in the browser's storage beyond that.
 */

import { OVERLAYS } from "./overlay";
import type { Direction, Overlay, Point, Size } from "./types";

export interface Arranged {
  places: Record<string, Point>;
  sizes: Record<string, Size>;
  inOrder?: boolean; // whether there was no time for more than the order of the stack
}

export interface Memory {
  direction: Direction;
  overlay: Overlay;
  down?: Arranged;
  right?: Arranged;
  view?: { x: number; y: number; zoom: number };
  at: number; // milliseconds
}

const NAME = "convstack-canvas:";
const MOST = 40; // documents
const pages = new Map<string, Memory>();

export function recall(document: string): Memory {
  let memory = pages.get(document);
  if (!memory) {
    memory = { direction: "down", overlay: "params", at: 0, ...stored(document) };
    pages.set(document, memory);
  }
  return memory;
}

/** Writes down what is remembered of a document; the oldest of many documents is forgotten. */
export function keep(document: string): void {
  const memory = recall(document);
  memory.at = Date.now();
  try {
    localStorage.setItem(NAME + document, JSON.stringify(memory));
    const all = Object.keys(localStorage).filter((key) => key.startsWith(NAME));
    if (all.length <= MOST) return;
    const age = (key: string) => stored(key.slice(NAME.length)).at ?? 0;
    localStorage.removeItem(all.reduce((a, b) => (age(b) < age(a) ? b : a)));
  } catch {
    return; // the browser keeps nothing: it lasts until the page is left
  }
}

function stored(document: string): Partial<Memory> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(NAME + document) ?? "{}");
    return isMemory(value) ? value : {};
  } catch {
    return {};
  }
}

/** Storage is shared with whatever else runs on this host: nothing of it is believed unseen. */
function isMemory(value: unknown): value is Partial<Memory> {
  if (typeof value !== "object" || value === null) return false;
  const { direction, overlay, down, right, view, at } = value as Record<string, unknown>;
  return (
    (direction === "down" || direction === "right") &&
    Object.hasOwn(OVERLAYS, overlay as string) &&
    (down === undefined || isArranged(down)) &&
    (right === undefined || isArranged(right)) &&
    (view === undefined || numbers(view, ["x", "y", "zoom"])) &&
    typeof at === "number"
  );
}

function isArranged(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { places, sizes, inOrder } = value as Record<string, unknown>;
  if (inOrder !== undefined && typeof inOrder !== "boolean") return false;
  const all = (of: unknown, names: string[]) =>
    typeof of === "object" &&
    of !== null &&
    Object.values(of).every((each) => numbers(each, names));
  return all(places, ["x", "y"]) && all(sizes, ["width", "height"]);
}

function numbers(value: unknown, names: string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => Number.isFinite((value as Record<string, unknown>)[name]));
}
