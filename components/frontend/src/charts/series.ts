/** Arithmetic on lines of points. Nothing here knows the page. */

export type Values = readonly (number | null)[];

export interface Point {
  x: number;
  y: number;
}

/** Smooths by an exponential mean without its bias toward the start; gaps stay gaps. */
export function smooth(values: Values, weight: number): (number | null)[] {
  let mean = 0;
  let norm = 0;
  return values.map((value) => {
    if (value == null) return null;
    mean = weight * mean + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    return mean / norm;
  });
}

/** Gives the half-open range of indices whose x lies in [from, to], with one neighbor each side. */
export function visible(xs: readonly number[], from: number, to: number): [number, number] {
  return [Math.max(0, lowerBound(xs, from) - 1), Math.min(xs.length, lowerBound(xs, to) + 1)];
}

function lowerBound(xs: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Chooses at most `limit` indices of [start, stop) so that no minimum or maximum is lost; the first
 * and the last stay. As `reduce_extremes` of `builder/runs/metric_rows.py` does for one line; a
 * table of examples holds the two together.
 */
export function reduce(values: Values, start: number, stop: number, limit: number): number[] {
  const length = stop - start;
  if (length <= limit) return Array.from({ length }, (_, i) => start + i);
  const stretches = Math.max(1, (limit - 2) >> 1);
  const edge = (s: number) =>
    s === stretches ? stop : start + Math.floor(s * (length / stretches));
  const keep = new Set([start, stop - 1]);
  for (let s = 0; s < stretches; s++) {
    for (const at of extremes(values, edge(s), edge(s + 1))) keep.add(at);
  }
  return [...keep].sort((a, b) => a - b);
}

/** Where the lowest and the highest value of [from, to) stand; nowhere where there is none. */
function extremes(values: Values, from: number, to: number): number[] {
  let low = -1;
  let high = -1;
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (value == null) continue;
    if (low < 0 || value < values[low]!) low = i;
    if (high < 0 || value > values[high]!) high = i;
  }
  return low < 0 ? [] : [low, high];
}

/**
 * Gives the first of the best values, the lowest of a loss and the highest of all else, or null: as
 * `builder/training/best_epoch.py` does; a table of examples holds the two together.
 */
export function best(name: string, xs: readonly number[], ys: Values): Point | null {
  const sign = name.endsWith("loss") ? -1 : 1;
  let found: Point | null = null;
  for (const [i, y] of ys.entries()) {
    if (y != null && (found === null || sign * y > sign * found.y)) found = { x: xs[i]!, y };
  }
  return found;
}

/** Gives the last value that is a number, with its x, or null. */
export function latest(xs: readonly number[], ys: Values): Point | null {
  const at = ys.findLastIndex((y) => y != null);
  return at < 0 ? null : { x: xs[at]!, y: ys[at]! };
}
