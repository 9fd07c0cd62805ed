import { expect, test, vi } from "vitest";
import { retold } from "../../src/board/canvas/arrangement";
import { Contents, cardsOf, shapesOf } from "../../src/board/canvas/contents";
import { edgesOf, nodesOf, rectsOf } from "../../src/board/canvas/flow";
import { isSameGraph, sceneOf } from "../../src/board/canvas/scene";
import type { NodeRow } from "../../src/board/canvas/types";
import { arranged, row } from "./samples";

const MARKS = {
  overlay: "params",
  gradients: null,
  verdicts: {},
  lit: null,
  ticked: new Map(),
} as const;
const CHOSEN = { selected: new Set<string>(), picked: null };
const UNMARKED = { selected: null, lit: null, chosen: new Set<string>() };

const rows = (change: Partial<NodeRow> = {}): NodeRow[] => [
  row("in"),
  { ...row("conv", "in"), params: 100, shape: "8×8×4", ...change },
  { ...row("relu", "conv"), shape: "8×8×4" },
];

test("an edit of words leaves React Flow's nodes and lines as they are", () => {
  const before = arranged(rows());
  const nodes = nodesOf(before, CHOSEN, []);
  const edges = edgesOf(before, rectsOf(before), UNMARKED, []);
  const edited = rows({ params: 200, parameters: "16", shape: "8×8×16", level: "error" });
  const after = retold(before, before.document, edited, before.direction)!;
  expect(after.rows).toBe(edited);
  expect([after.places, after.sizes]).toEqual([before.places, before.sizes]);
  expect(nodesOf(after, CHOSEN, nodes)).toBe(nodes);
  expect(edgesOf(after, rectsOf(after), UNMARKED, edges)).toBe(edges);
  expect(shapesOf(after.scene).get("conv>relu:0")).toBe("8×8×16");
});

test("a node that is read twice by another one has two lines, apart", () => {
  const both = arranged([row("in"), row("sum", "in", "in")]);
  const edges = edgesOf(both, rectsOf(both), UNMARKED, []);
  expect(edges.map(({ id, data }) => [id, data!.port])).toEqual([
    ["in>sum:0", 0],
    ["in>sum:1", 1],
  ]);
  expect(new Set(edges.map(({ data }) => data!.path)).size).toBe(2);
});

test("another graph, document or direction is arranged anew", () => {
  const before = arranged(rows());
  const { document, direction } = before;
  const others = [
    rows().slice(0, 2),
    rows({ inputs: [] }),
    rows({ layers: 3 }),
    [...rows()].reverse(),
    rows({ open: true }),
  ];
  const base = sceneOf(rows({ layers: 0 }));
  expect(others.map((each) => isSameGraph(base, sceneOf(each)))).toEqual(others.map(() => false));
  expect(retold(before, document, others[0]!, direction)).toBeNull();
  expect(retold(before, "another", rows(), direction)).toBeNull();
  expect(retold(before, document, rows(), direction === "down" ? "right" : "down")).toBeNull();
  expect(retold(null, document, rows(), direction)).toBeNull();
});

test("only a card that says something else is told of", () => {
  const contents = new Contents();
  const take = (now: NodeRow[]) => {
    const scene = sceneOf(now);
    contents.take(cardsOf(scene, MARKS), shapesOf(scene));
  };
  take(rows());
  const [conv, relu] = [contents.card("conv"), contents.card("relu")];
  const listener = vi.fn();
  const leave = contents.subscribe(listener);
  take(rows({ parameters: "16" }));
  contents.tell();
  leave();
  contents.tell();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(contents.card("relu")).toBe(relu);
  expect(contents.card("conv")).not.toBe(conv);
  expect(contents.card("conv")!.box.parameters).toBe("16");
  take(rows().slice(0, 1));
  expect([contents.card("conv"), contents.shape("conv>relu:0")]).toEqual([undefined, ""]);
});

test("a share of the whole does not change with each small edit of another card", () => {
  const many = (first: number) =>
    Array.from({ length: 50 }, (_, at) => ({ ...row(`n${at}`), params: at ? 584 : first }));
  const shares = (first: number) => {
    const scene = sceneOf(many(first));
    return [...cardsOf(scene, MARKS).values()].slice(1).map(({ share }) => share);
  };
  expect(shares(584)).toEqual(shares(656));
  expect(shares(584)[0]).toBeGreaterThan(0);
});
