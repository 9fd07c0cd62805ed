import { expect, test } from "vitest";
import { mayEndAt, movedTo } from "../../src/board/canvas/connect";

const WIRE = { source: "a", target: "merge", port: 1 };

test("a connection may be let go where the server does not refuse it, or has not answered", () => {
  const verdicts = {
    b: { fit: "fits" as const, why: "" },
    c: { fit: "misfit" as const, why: "its shape" },
    d: { fit: "refused" as const, why: "a cycle" },
  };
  expect(["b", "c", "d", "e"].map((node) => mayEndAt(verdicts, node))).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test("an end goes to another node: the input stays the same, or another node reads the source", () => {
  expect(movedTo(WIRE, { source: "b", target: "merge" })).toEqual({
    op: "connect",
    source: "b",
    target: "merge",
    port: 1,
  });
  expect(movedTo(WIRE, { source: "a", target: "c" })).toEqual({
    op: "redirect",
    source: "a",
    target: "merge",
    port: 1,
    reader: "c",
  });
});

test("an end that comes back to where it was changes nothing", () => {
  expect(movedTo(WIRE, { source: "a", target: "merge" })).toBeNull();
});
