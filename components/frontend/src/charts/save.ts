/** Saving what is shown as a file. Nothing here knows the chart. */

import { make } from "../kit/dom";
import { type CsvValue, csv } from "../kit/files";
import type { Values } from "./series";

export const FORMATS = ["png", "svg", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** A menu of the formats; it shows its own name again after a choice. */
export function saveMenu(
  label: string,
  title: string,
  save: (format: Format) => void,
): HTMLSelectElement {
  const menu = make(
    "select",
    { "aria-label": label, title },
    make("option", { value: "" }, "save ▾"),
    ...FORMATS.map((format) => make("option", { value: format }, format.toUpperCase())),
  );
  menu.addEventListener("change", () => {
    const format = FORMATS.find((one) => one === menu.value);
    menu.value = "";
    if (format) save(format);
  });
  return menu;
}

interface NamedLine {
  label: string;
  xs: readonly number[];
  ys: Values;
}

/** Writes lines as CSV: a row for each place that any of them has, a column for each line. */
export function table(axis: string, lines: readonly NamedLine[]): string {
  const columns = lines.map(({ xs, ys }) => new Map(xs.map((x, i) => [x, ys[i]])));
  const places = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort(
    (a, b) => a - b,
  );
  const rows: CsvValue[][] = places.map((x) => [x, ...columns.map((column) => column.get(x))]);
  return csv([[axis, ...lines.map(({ label }) => label)], ...rows]);
}
