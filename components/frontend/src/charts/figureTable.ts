/** The numbers of a figure as CSV: what Python gives with it as a table, else a row for each point. */

import { type CsvValue, csv } from "../kit/files";

/** What is read of a trace of plotly.js. */
interface Trace {
  name?: string;
  x?: CsvValue[];
  y?: CsvValue[];
  text?: string[];
  hoverinfo?: string;
  error_x?: { array: number[]; arrayminus: number[] };
}

interface Axis {
  title?: { text?: string };
}

export interface Drawn {
  data: Trace[];
  layout: { xaxis?: Axis; yaxis?: Axis; meta?: { table?: CsvValue[][] } };
}

/** Writes a figure as CSV; columns without any value are left out. */
export function toCsv({ data, layout }: Drawn): string {
  const rows = layout.meta?.table ?? [headOf(layout), ...data.flatMap(points)];
  const isFilled = rows[0]?.map((_, at) => rows.slice(1).some((row) => row[at] !== "")) ?? [];
  return csv(rows.map((row) => row.filter((_, at) => isFilled[at])));
}

function headOf({ xaxis, yaxis }: Drawn["layout"]): CsvValue[] {
  return ["name", xaxis?.title?.text || "x", yaxis?.title?.text || "y", "text", "low", "high"];
}

function points({
  name = "",
  x = [],
  y = [],
  text,
  hoverinfo,
  error_x: ends,
}: Trace): CsvValue[][] {
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
