/** Which rows of runs and studies are shown, and in which order. Nothing here knows the page. */

import type { RunRow, StudyRow } from "../../generated/tables";
import { inOrder, type Sort } from "../sorting";

export type AnyRow = RunRow | StudyRow;

export function isStudy(row: AnyRow): row is StudyRow {
  return "runs" in row;
}

/** Gives rows in the order asked for, runs below their study. */
export function sortedRuns(all: readonly AnyRow[], sort: Sort | null): readonly AnyRow[] {
  if (!sort) return all;
  const by = sort.by as keyof AnyRow["order"];
  const top = inOrder(
    all.filter((row) => !row.parent),
    (row) => row.order[by],
    sort.down,
  );
  const children = Map.groupBy(
    all.filter((row) => row.parent),
    (row) => row.parent,
  );
  return top.flatMap((row) => [row, ...(children.get(row.id) ?? [])]);
}

/** What is asked for: words, and which rows stay or are unfolded. */
export interface Wish {
  filter: string;
  ticked: readonly string[];
  unfolded: ReadonlySet<string>;
}

/** Gives the words of a filter, each of which a row has to hold. */
export function wordsOf(filter: string): string[] {
  return filter.toLowerCase().split(/\s+/).filter(Boolean);
}

/**
 * Gives the ids of the rows that are shown: those that hold every word of the filter, with their
 * study, without the runs of folded studies; what is ticked stays.
 */
export function shownRows(rows: readonly AnyRow[], wish: Wish): Set<string> {
  const words = wordsOf(wish.filter);
  const holds = (row: AnyRow) => words.every((word) => textOf(row).includes(word));
  const studies = new Set(rows.filter((row) => row.parent && holds(row)).map((row) => row.parent));
  const isShown = (row: AnyRow) => {
    const found = holds(row) || (isStudy(row) && studies.has(row.id));
    const open = !row.parent || wish.unfolded.has(row.parent);
    return (found && open) || wish.ticked.includes(row.id);
  };
  return new Set(rows.filter(isShown).map((row) => row.id));
}

/** What the filter looks at. */
function textOf(row: AnyRow): string {
  const tags = row.tags.map((tag) => `#${tag}`);
  return [row.name, row.data, row.state, row.settings, row.note, ...tags].join(" ").toLowerCase();
}
