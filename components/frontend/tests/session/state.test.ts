/** What the server tells of changes makes the state that it has, whatever comes first. */

import { expect, test } from "vitest";
import { changed, type State } from "../../src/board/session/state";
import type { Delta, NodeRow } from "../../src/generated/board";

const row = (id: string, params = 0) => ({ id, params }) as NodeRow;
const ids = (state: State | null) => state?.nodes.map(({ id }) => id);

function delta(base: number | null, version: number, more: Partial<Delta> = {}): Delta {
  const told = { fields: {}, nodes: [], order: null, ledger: "L", client: "", ack: 0 };
  return { ...told, base, version, ...more };
}

const whole = delta(null, 3, {
  fields: { title: "net", selection: null },
  nodes: [row("a"), row("b"), row("c")],
});
const start = changed(null, whole)!;

test("the first thing told is the whole state", () => {
  expect(start).toMatchObject({ version: 3, title: "net", selection: null });
  expect(ids(start)).toEqual(["a", "b", "c"]);
});

test("what has changed is exchanged, and the rest keeps its identity", () => {
  const more = { fields: { selection: "b" }, nodes: [row("b", 7)] };
  const after = changed(start, delta(3, 4, more))!;
  expect(after).toMatchObject({ version: 4, title: "net", selection: "b" });
  expect(after.nodes.map(({ params }) => params)).toEqual([0, 7, 0]);
  expect(after.nodes[0]).toBe(start.nodes[0]);
  const selected = changed(after, delta(4, 5, { fields: { selection: "c" } }))!;
  expect(selected.nodes).toBe(after.nodes);
});

test("nodes come, go and change places by the order", () => {
  const after = changed(start, delta(3, 4, { nodes: [row("d")], order: ["c", "d", "a"] }));
  expect(ids(after)).toEqual(["c", "d", "a"]);
});

test("what is older than the state alters nothing", () => {
  const now = changed(start, delta(3, 9, { fields: { selection: "c" } }))!;
  expect(changed(now, delta(3, 8, { fields: { selection: "a" } }))).toBe(now);
  expect(changed(now, delta(9, 9))).toBe(now);
});

test("what begins before the state may be applied to it", () => {
  const now = changed(start, delta(3, 4, { nodes: [row("d")], order: ["a", "b", "c", "d"] }))!;
  const overtaken = { nodes: [row("d"), row("b", 7)], order: ["a", "b", "d"] };
  const after = changed(now, delta(3, 5, overtaken))!;
  expect(ids(after)).toEqual(["a", "b", "d"]);
  expect(after.version).toBe(5);
});

test("what begins after the state is missed something", () => {
  expect(changed(start, delta(4, 5))).toBeNull();
  expect(changed(null, delta(1, 2))).toBeNull();
});

test("a state told anew keeps what is as before", () => {
  const again = {
    ...whole,
    version: 1,
    fields: { title: "other" },
    nodes: structuredClone(whole.nodes),
  };
  const after = changed({ ...start, version: 0 }, again)!;
  expect(after.nodes).toBe(start.nodes);
  expect(after).toMatchObject({ version: 1, title: "other" });
  const fewer = changed(start, { ...again, nodes: [row("a"), row("c", 1)] })!;
  expect(fewer.nodes[0]).toBe(start.nodes[0]);
  expect(ids(fewer)).toEqual(["a", "c"]);
});
