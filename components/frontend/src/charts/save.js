// Saving what a chart shows as a file. Nothing here knows the chart.

import { make } from "./dom.js";

export const FORMATS = ["png", "svg", "csv"];

/** Hands a file to the person, who finds it among their downloads. */
export function download(url, name) {
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Writes lines as CSV: a row for each place that any of them has, a column for each line. */
export function table(axis, lines) {
  const columns = lines.map(({ xs, ys }) => new Map(Array.from(xs, (x, i) => [x, ys[i]])));
  const places = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort(
    (a, b) => a - b,
  );
  const rows = places.map((x) => [x, ...columns.map((column) => column.get(x) ?? "")]);
  const head = [axis, ...lines.map(({ label }) => label)];
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** Writes one value of a CSV file. */
export function cell(value) {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
