// The numbers of a figure as CSV: what Python gives with it as a table, else a row for each point.

import { cell } from "./save.js";

type Value = string | number | boolean | null;

interface Trace {
  name?: string;
  x?: Value[];
  y?: Value[];
  text?: string[];
  hoverinfo?: string;
  error_x?: { array: number[]; arrayminus: number[] };
}

interface Axis {
  title?: { text?: string };
}

export interface Drawn {
  data: Trace[];
  layout: { xaxis?: Axis; yaxis?: Axis; meta?: { table?: Value[][] } };
}

/** Writes a figure as CSV; columns without any value are left out. */
export function toCsv({ data, layout }: Drawn): string {
  const rows = layout.meta?.table ?? [headOf(layout), ...data.flatMap(points)];
  const isFilled = rows[0]?.map((_, at) => rows.slice(1).some((row) => row[at] !== "")) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .filter((_, at) => isFilled[at])
          .map(cell)
          .join(",")}\n`,
    )
    .join("");
}

function headOf({ xaxis, yaxis }: Drawn["layout"]): Value[] {
  return ["name", xaxis?.title?.text || "x", yaxis?.title?.text || "y", "text", "low", "high"];
}

function points({ name = "", x = [], y = [], text, hoverinfo, error_x: ends }: Trace): Value[][] {
  if (hoverinfo === "skip") return []; // a band, whose ends are those of its points
  return x.map((value, at) => [
    name,
    value,
    y[at] ?? "",
    text?.[at] ?? "",
    ends ? Number(value) - ends.arrayminus[at]! : "",
    ends ? Number(value) + ends.array[at]! : "",
  ]);
}
