/** A metric after each epoch as a small line, with a dot at its end. */

import type { RunRow } from "../../generated/tables";
import { draw } from "../../kit/dom";

const WIDTH = 88; // pixels
const HEIGHT = 20;
const EDGE = 3;

/** Gives the points of the values that are there, in pixels from the top left. */
export function sparkPoints(curve: readonly (number | null)[]): [number, number][] {
  const known = curve.flatMap((y, x) => (y === null ? [] : { x, y }));
  const low = Math.min(...known.map(({ y }) => y));
  const high = Math.max(...known.map(({ y }) => y));
  const share = (y: number) => (high > low ? (y - low) / (high - low) : 0.5);
  return known.map(({ x, y }) => [
    EDGE + ((WIDTH - 2 * EDGE) * x) / Math.max(curve.length - 1, 1),
    HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share(y),
  ]);
}

/** Draws the line; nothing where no value is there. */
export function sparkline({ curve, metric, best_about: about }: RunRow): SVGElement | string {
  const points = sparkPoints(curve);
  const [x, y] = points.at(-1) ?? [];
  if (x === undefined || y === undefined) return "";
  const written = points.map((point) => point.map((value) => value.toFixed(1)).join(","));
  return draw(
    "svg",
    {
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `${metric} by epoch`,
    },
    draw("title", {}, about),
    draw("polyline", { points: written.join(" ") }),
    draw("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 2 }),
  );
}
