/** By what a table is sorted, and its rows in that order. Nothing here knows the page. */

export interface Sort {
  by: string;
  down: boolean;
}

/** What a press on a head leads to: one way, the other way, and back to the order of Python. */
export function nextSort(sort: Sort | null, by: string, downFirst: boolean): Sort | null {
  if (sort?.by !== by) return { by, down: downFirst };
  return sort.down === downFirst ? { by, down: !downFirst } : null;
}

type Key = number | string | null | undefined;

/** Gives rows in the order asked for; those without a value come last either way. */
export function inOrder<Row>(rows: readonly Row[], order: (row: Row) => Key, down: boolean): Row[] {
  const known = rows.flatMap((row) => {
    const key = order(row);
    return key == null ? [] : { row, key };
  });
  const sign = down ? -1 : 1;
  known.sort(({ key: a }, { key: b }) => sign * (a < b ? -1 : a > b ? 1 : 0));
  return [...known.map(({ row }) => row), ...rows.filter((row) => order(row) == null)];
}
