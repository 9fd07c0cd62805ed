import { expect, test } from "vitest";
import { inLanes, listed, MAX_LANES, skips, unusualInputs } from "../../src/board/stack/links";

const row = (id: string, ...inputs: string[]) => ({ id, inputs });

const RESIDUAL = [
  row("input"),
  row("conv_1", "input"),
  row("conv_2", "conv_1"),
  row("add", "conv_2", "conv_1"),
  row("concat", "add", "input", "input"),
];

test("only rows that do not simply read the row above say what they read", () => {
  expect(unusualInputs(RESIDUAL)).toEqual(
    new Map([
      ["add", ["conv_2", "conv_1"]],
      ["concat", ["add", "input", "input"]],
    ]),
  );
});

test("a row that reads nothing says nothing; one below its reader is unusual", () => {
  expect(unusualInputs([row("a"), row("b")]).size).toBe(0);
  expect([...unusualInputs([row("a", "b"), row("b")]).keys()]).toEqual(["a"]);
});

test("links are drawn over at least one row, from above to below, each once", () => {
  expect(skips(RESIDUAL, unusualInputs(RESIDUAL))).toEqual([
    { source: "conv_1", targets: ["add"] },
    { source: "input", targets: ["concat"] },
  ]);
  const turned = [row("a", "c"), row("b", "a"), row("c", "gone")];
  expect(skips(turned, unusualInputs(turned))).toEqual([]);
});

test("links that lie over each other have lanes of their own, short ones next to the rows", () => {
  const spans = inLanes(skips(RESIDUAL, unusualInputs(RESIDUAL)), RESIDUAL);
  expect(spans.map(({ source, lane, from, to }) => [source, lane, from, to])).toEqual([
    ["conv_1", 0, 1, 3],
    ["input", 1, 0, 4],
  ]);
});

test("links one behind the other share a lane", () => {
  const rows = ["a", "b", "c", "d", "e"].map((id) => row(id));
  const links = [
    { source: "a", targets: ["c"] },
    { source: "c", targets: ["e"] },
  ];
  expect(inLanes(links, rows).map(({ lane }) => lane)).toEqual([0, 0]);
});

test("links whose rows are gone or turned round are left out", () => {
  const rows = [row("b"), row("a")];
  const links = [
    { source: "a", targets: ["b"] },
    { source: "gone", targets: ["a"] },
  ];
  expect(inLanes(links, rows)).toEqual([]);
});

test("there are no more lanes than there is room for", () => {
  const rows = Array.from({ length: 20 }, (_, at) => row(`${at}`));
  const links = Array.from({ length: 9 }, (_, at) => ({
    source: `${at}`,
    targets: [`${19 - at}`],
  }));
  expect(Math.max(...inLanes(links, rows).map(({ lane }) => lane))).toBe(MAX_LANES - 1);
});

test.each([
  [["a"], "a"],
  [["a", "b", "c"], "a, b, c"],
  [["a", "b", "c", "d"], "a, b and 2 more"],
])("%j is listed as %s", (names, words) => {
  expect(listed(names)).toBe(words);
});
