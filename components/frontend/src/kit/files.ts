/** Files that the browser writes: tables as CSV, and what a person saves. */

import { make } from "./dom";

/** Hands a file to the person, who finds it among their downloads. */
export function download(url: string, name: string): void {
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Hands a table to the person. */
export function downloadCsv(text: string, name: string): void {
  download(URL.createObjectURL(new Blob([text], { type: "text/csv" })), `${name}.csv`);
}

export type CsvValue = string | number | null | undefined;

/** Writes rows as CSV; what is missing stays empty. */
export function csv(rows: readonly (readonly CsvValue[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(value: CsvValue): string {
  const text = String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Gives the name of a file after a title. */
export function fileName(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
