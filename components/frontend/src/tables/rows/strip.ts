/** A strip of dots: the values of one row on a scale that all rows share. */

import type { Cell, RowsTableData } from "../../generated/tables";
import { draw } from "../../kit/dom";

const WIDTH = 120; // pixels
const HEIGHT = 18;
const EDGE = 5;

export interface Scale {
  low: number;
  high: number;
  /** What the values are compared with. */
  mark: number | null;
}

/** For each column of dots its smallest and largest value. */
export function scalesOf({
  columns,
  rows,
}: Pick<RowsTableData, "columns" | "rows">): Map<string, Scale> {
  const found = new Map<string, Scale>();
  for (const { key, kind, mark } of columns) {
    const all = kind === "dots" ? rows.flatMap((row) => row.cells[key]?.dots ?? []) : [];
    if (all.length) found.set(key, { low: Math.min(...all), high: Math.max(...all), mark });
  }
  return found;
}

/** Where a value stands, in pixels from the left. */
export function placeOf(value: number, { low, high }: Scale): number {
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return EDGE + (WIDTH - 2 * EDGE) * share;
}

/** Draws a cell's values, and a line at what they are compared with. */
export function strip({ dots, title }: Cell, scale: Scale): SVGElement {
  const at = (value: number) => placeOf(value, scale).toFixed(1);
  const { mark } = scale;
  const lines =
    mark === null ? [] : [draw("line", { x1: at(mark), x2: at(mark), y1: 1, y2: HEIGHT - 1 })];
  return draw(
    "svg",
    {
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": title || "one dot a seed",
    },
    ...lines,
    ...dots.map((value) => draw("circle", { cx: at(value), cy: HEIGHT / 2, r: 3 })),
  );
}
