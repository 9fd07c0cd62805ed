/** The part of the canvas that is seen at first. */

import { CARD } from "./layout";
import type { Point, Rect } from "./types";

export interface Viewport extends Point {
  zoom: number;
}

const MARGIN = 24;
const LARGEST = 1.2; // small frames are not blown up
const LEGIBLE = 0.85; // below it, cards are read with effort
const WHOLE = 0.4; // below it, they can't be read at all

/**
 * What looks about a pixel wide at this zoom, in pixels of the graph; null where cards can be read.
 * A power of two: zooming draws the graph anew a few times only.
 */
export function grainOf(zoom: number): number | null {
  return zoom < WHOLE ? 2 ** Math.round(Math.log2(1 / zoom)) : null;
}

/** All of it where that can be read somehow, else its beginning. */
export function firstView(rects: Iterable<Rect>, width: number, height: number): Viewport {
  const all = [...rects];
  if (all.length === 0) return { x: width / 2 - CARD.width / 2, y: MARGIN, zoom: 1 };
  const left = Math.min(...all.map((rect) => rect.x));
  const top = Math.min(...all.map((rect) => rect.y));
  const wide = Math.max(...all.map((rect) => rect.x + rect.width)) - left;
  const high = Math.max(...all.map((rect) => rect.y + rect.height)) - top;
  const fits = Math.min((width - 2 * MARGIN) / wide, (height - 2 * MARGIN) / high, 1);
  const zoom = fits < WHOLE ? LEGIBLE : fits;
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
  return centered(rect, Math.min(fits, LARGEST), width, height);
}

/** Whether a rectangle lies in the view as a whole. */
export function inView(rect: Rect, view: Viewport, width: number, height: number): boolean {
  const left = rect.x * view.zoom + view.x;
  const top = rect.y * view.zoom + view.y;
  const [right, bottom] = [left + rect.width * view.zoom, top + rect.height * view.zoom];
  return left >= 0 && top >= 0 && right <= width && bottom <= height;
}

/** The view after a change of size: the same one, unless what matters is not seen as a whole. */
export function refitted(
  view: Viewport,
  chosen: Rect | undefined,
  rects: Iterable<Rect>,
  width: number,
  height: number,
): Viewport {
  if (!chosen) {
    const all = [...rects];
    const seen = all.every((rect) => inView(rect, view, width, height));
    return seen ? view : firstView(all, width, height);
  }
  if (inView(chosen, view, width, height)) return view;
  const whole = viewOf(chosen, width, height);
  return whole.zoom < view.zoom ? whole : centered(chosen, view.zoom, width, height);
}

function centered(rect: Rect, zoom: number, width: number, height: number): Viewport {
  return {
    x: width / 2 - (rect.x + rect.width / 2) * zoom,
    y: height / 2 - (rect.y + rect.height / 2) * zoom,
    zoom,
  };
}
