/** A row of the table of runs: the cells of a run, or of a study. */

import type { RunRow, StudyRow } from "../../generated/tables";
import { make } from "../../kit/dom";
import { bar, sign } from "../cells";
import { type AnyRow, isStudy } from "./listing";
import { sparkline } from "./sparkline";

/** The columns from left to right; those with a `by` sort by it. */
export const COLUMNS: readonly { label: string; kind: string; by?: string; downFirst?: boolean }[] =
  [
    { label: "", kind: "tick" },
    { label: "Run", kind: "name", by: "name" },
    { label: "State", kind: "state", by: "state" },
    { label: "Data", kind: "data", by: "data" },
    { label: "Best", kind: "best number", by: "best", downFirst: true },
    { label: "", kind: "curve" },
    { label: "Params", kind: "number", by: "params", downFirst: true },
    { label: "Time", kind: "number", by: "time", downFirst: true },
    { label: "Started", kind: "begun", by: "begun", downFirst: true },
    { label: "", kind: "actions" },
  ];

/** Fills a row of the table. */
export function fill(element: HTMLElement, row: AnyRow): void {
  element.classList.toggle("child", row.parent !== "");
  const cells = isStudy(row) ? studyCells(row) : runCells(row);
  element.replaceChildren(
    ...cells.map((cell, at) => make("td", { class: COLUMNS[at]!.kind }, cell)),
  );
}

function runCells(row: RunRow): (Node | string)[] {
  const asked = new URLSearchParams(row.document ? { doc: row.document } : {});
  asked.set("run", row.id);
  const link = make("a", { href: `train?${asked}` }, row.name);
  const box = make("input", {
    type: "checkbox",
    "aria-label": `Compare ${row.name}, ${row.begun}`,
  });
  const settings = make("small", { title: row.settings }, row.settings);
  const name = make("span", {}, ...badge(row.letter), link, ...remarks(row), settings);
  const remove = make("button", {
    type: "button",
    disabled: row.active,
    title: row.active ? "It is training: stop it first" : "Delete",
    "aria-label": `Delete ${row.name}, ${row.begun}`,
  });
  return [
    make("label", { title: "Compare" }, box),
    name,
    state(row),
    row.data,
    make("span", { title: row.best_about || null }, row.best),
    sparkline(row),
    make("span", { title: row.params_exact || null }, row.params),
    row.time,
    make("span", { title: row.begun_exact || null }, row.begun),
    remove,
  ];
}

/** The row of a study, which its runs stand below once it is unfolded. */
function studyCells(row: StudyRow): (Node | string)[] {
  const label = `Show the runs of ${row.name}`;
  const fold = make("button", { type: "button", class: "fold", "aria-label": label });
  const link = make("a", { href: `studies?${new URLSearchParams({ study: row.id })}` }, row.name);
  const name = make("span", {}, link, make("small", {}, row.settings));
  return [fold, name, state(row), row.data, "", "", "", row.time, row.begun, ""];
}

/** The tags, which filter when they are pressed, and the note. */
function remarks({ note, tags }: RunRow): HTMLElement[] {
  const chips: HTMLElement[] = tags.map((tag) =>
    make("button", { type: "button", class: "tag", title: `Show what has #${tag}` }, `#${tag}`),
  );
  return note ? [...chips, make("em", { title: note }, note)] : chips;
}

function badge(letter: string): HTMLElement[] {
  return letter ? [make("i", { class: `badge badge-${letter}` }, letter)] : [];
}

function state(row: AnyRow): HTMLElement {
  const parts = [sign(row.level, row.state)];
  if (row.progress !== null) parts.push(bar(row.progress));
  if (row.level === "error" && row.why) parts.push(make("small", { title: row.why }, row.why));
  return make("div", { class: "state-cell", title: row.why || null }, ...parts);
}
