import { expect, test } from "vitest";
import { shownRows, sortedRuns, type Wish } from "../../src/tables/runs/listing";
import { sparkPoints } from "../../src/tables/runs/sparkline";
import { order, run, study } from "../samples";

const ROWS = [
  study("s", { order: order({ best: null, time: 9 }) }),
  run("s1", { parent: "s", tags: ["keep"], order: order({ time: 1 }) }),
  run("s2", { parent: "s", order: order({ time: 8 }) }),
  run("alone", { data: "Digits", note: "wide", order: order({ time: 20 }) }),
];
const NONE: Wish = { filter: "", ticked: [], unfolded: new Set() };

function shown(wish: Partial<Wish>): string[] {
  return [...shownRows(ROWS, { ...NONE, ...wish })];
}

test("runs of a study are folded away; what is ticked stays", () => {
  expect(shown({})).toEqual(["s", "alone"]);
  expect(shown({ unfolded: new Set(["s"]) })).toEqual(["s", "s1", "s2", "alone"]);
  expect(shown({ ticked: ["s2"] })).toEqual(["s", "s2", "alone"]);
});

test("every word of the filter is looked for, and a study stays with a run that has them", () => {
  expect(shown({ filter: " DIGITS wide " })).toEqual(["alone"]);
  expect(shown({ filter: "digits narrow" })).toEqual([]);
  expect(shown({ filter: "#keep" })).toEqual(["s"]);
  expect(shown({ filter: "#keep", unfolded: new Set(["s"]) })).toEqual(["s", "s1"]);
});

test("a study is sorted as one, with its runs below it", () => {
  const ids = (down: boolean) => sortedRuns(ROWS, { by: "time", down }).map(({ id }) => id);
  expect(ids(false)).toEqual(["s", "s1", "s2", "alone"]);
  expect(ids(true)).toEqual(["alone", "s", "s1", "s2"]);
  expect(sortedRuns(ROWS, null)).toBe(ROWS);
});

test("a sparkline spans its box; a gap is left out, and a level line is in the middle", () => {
  expect(sparkPoints([1, null, 3])).toEqual([
    [3, 17],
    [85, 3],
  ]);
  expect(sparkPoints([2, 2]).map(([, y]) => y)).toEqual([10, 10]);
  expect(sparkPoints([null])).toEqual([]);
});
