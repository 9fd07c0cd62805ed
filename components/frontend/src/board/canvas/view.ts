/** The part of the canvas that is seen at first. */

import { CARD } from "./layout";
import type { Point, Rect } from "./types";

export interface Viewport extends Point {
  zoom: number;
}

const MARGIN = 24;
const LARGEST = 1.2; // small frames are not blown up
const LEGIBLE = 0.85; // below it, cards can't be read

/** All of it where that can be read, else its beginning. */
export function firstView(rects: Iterable<Rect>, width: number, height: number): Viewport {
  const all = [...rects];
  if (all.length === 0) return { x: width / 2 - CARD.width / 2, y: MARGIN, zoom: 1 };
  const left = Math.min(...all.map((rect) => rect.x));
  const top = Math.min(...all.map((rect) => rect.y));
  const wide = Math.max(...all.map((rect) => rect.x + rect.width)) - left;
  const high = Math.max(...all.map((rect) => rect.y + rect.height)) - top;
  const fits = Math.min((width - 2 * MARGIN) / wide, (height - 2 * MARGIN) / high, 1);
  const zoom = Math.max(fits, LEGIBLE);
  const whole = wide * zoom <= width - 2 * MARGIN;
  const spare = height - 2 * MARGIN - high * zoom;
  return {
    x: whole ? (width - wide * zoom) / 2 - left * zoom : MARGIN - left * zoom,
    y: MARGIN + Math.max(0, spare / 2) - top * zoom,
    zoom,
  };
}

/** A rectangle as a whole, in the middle. */
export function viewOf(rect: Rect, width: number, height: number): Viewport {
  const fits = Math.min((width - 2 * MARGIN) / rect.width, (height - 2 * MARGIN) / rect.height);
  const zoom = Math.min(fits, LARGEST);
  return {
    x: width / 2 - (rect.x + rect.width / 2) * zoom,
    y: height / 2 - (rect.y + rect.height / 2) * zoom,
    zoom,
  };
}

/** Whether a rectangle lies in the view as a whole. */
export function inView(rect: Rect, view: Viewport, width: number, height: number): boolean {
  const left = rect.x * view.zoom + view.x;
  const top = rect.y * view.zoom + view.y;
  const [right, bottom] = [left + rect.width * view.zoom, top + rect.height * view.zoom];
  return left >= 0 && top >= 0 && right <= width && bottom <= height;
}
