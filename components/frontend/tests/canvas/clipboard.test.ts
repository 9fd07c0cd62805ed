import { expect, test } from "vitest";
import { clipOf, whyNot } from "../../src/board/canvas/clipboard";
import type { BoardState } from "../../src/board/session/session";
import { chain } from "./samples";

const rows = chain("a", "b", "c");
const ends = { outputs: { klass: "c", box: "b" } };
const data = {
  document: "net-1",
  blocks: [{ name: "Stem" }],
  ends: Object.entries(ends),
} as unknown as BoardState;
const read = (text: string | null) => JSON.parse(text!);

test("nodes go in the order of the stack, with the own blocks and where they stand", () => {
  const clip = read(clipOf(["c", "a"], { rows, data }, true));
  expect(clip).toMatchObject({ format: "convstack-nodes", version: 1, document: "net-1" });
  expect(clip.nodes.map((node: { id: string }) => node.id)).toEqual(["a", "c"]);
  expect(clip.nodes[1]).toMatchObject({ parameters: { filters: 32 }, inputs: ["b"] });
  expect(clip.blocks).toEqual([{ name: "Stem" }]);
  expect(clip.ends).toEqual(ends);
});

test("what is cut stands nowhere", () => {
  expect(read(clipOf(["b"], { rows, data }, false)).document).toBe("");
});

test("a repetition that the server has not heard of yet is copied", () => {
  const more = rows.map((row) => ({ ...row, repeat: 4 }));
  expect(read(clipOf(["b"], { rows: more, data }, true)).nodes[0].repeat).toBe(4);
});

test("of nodes that are not there nothing is copied", () => {
  expect(clipOf(["#7"], { rows, data }, true)).toBeNull();
  expect(clipOf([], { rows, data }, true)).toBeNull();
});

test("only what was copied here is pasted", () => {
  expect(whyNot(clipOf(["a"], { rows, data }, true)!)).toBe("");
  for (const text of ["", "hello", "{", "null", "[]", "7", '{"format":"other"}']) {
    expect(whyNot(text)).toContain("no blocks in the clipboard");
  }
  expect(whyNot("x".repeat(2_000_001))).toContain("too large");
});
