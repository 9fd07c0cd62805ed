import { expect, test } from "vitest";
import type { Cell, Column } from "../../src/generated/tables";
import { placeOf, scalesOf } from "../../src/tables/rows/strip";

const CELL: Cell = {
  text: "",
  title: "",
  small: "",
  order: null,
  level: "",
  progress: null,
  dots: [],
};

function column(key: string, kind: Column["kind"], mark: number | null = null): Column {
  return { key, label: key, kind, down_first: false, may_hide: false, mark };
}

test("all rows of a column of dots share one scale", () => {
  const row = (id: string, dots: number[]) => ({
    id,
    cells: { seeds: { ...CELL, dots }, other: { ...CELL, dots: [99] } },
    href: "",
    is_quiet: false,
  });
  const scales = scalesOf({
    columns: [column("seeds", "dots", 2), column("other", "number"), column("none", "dots")],
    rows: [row("a", [3, 1]), row("b", [5])],
  });
  expect([...scales]).toEqual([["seeds", { low: 1, high: 5, mark: 2 }]]);
});

test("a value stands between the edges, and equal ones in the middle", () => {
  const scale = { low: 1, high: 5, mark: null };
  expect([1, 3, 5].map((value) => placeOf(value, scale))).toEqual([5, 60, 115]);
  expect(placeOf(2, { low: 2, high: 2, mark: null })).toBe(60);
});
