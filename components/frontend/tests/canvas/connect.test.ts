import { expect, test } from "vitest";
import { sourcesOf, targetsOf, type Verdict } from "../../src/board/canvas/connect";
import { chain, row } from "./samples";

const merge = { ...row("add", "c"), single: false, repeats: false, takes: ["8×8×32"] };

function fitting(verdicts: Map<string, Verdict>): string[] {
  return [...verdicts].filter(([, { fit }]) => fit !== "refused").map(([id]) => id);
}

test("no connection closes a cycle, reads itself, or is made twice, and each says so", () => {
  const rows = [...chain("a", "b", "c"), merge];
  expect(fitting(targetsOf("b", rows))).toEqual(["add"]);
  expect(fitting(targetsOf("a", rows))).toEqual(["c", "add"]);
  const why = (from: string, to: string) => targetsOf(from, rows).get(to)!.why;
  expect(why("c", "b")).toBe("c depends on b already: this would close a cycle.");
  expect(why("b", "b")).toBe("A block cannot read itself.");
  expect(why("b", "c")).toBe("c reads it already.");
});

test("what is closed is no target, and says why", () => {
  const { fit, why } = targetsOf("x", [...chain("a", "b"), row("x")]).get("a")!;
  expect([fit, why]).toEqual(["refused", "a takes no input."]);
});

test("a merge of other shapes is a misfit, which may be connected all the same", () => {
  const rows = [...chain("a", "b", "c"), { ...merge, takes: ["4×4×8"] }];
  expect(targetsOf("b", rows).get("add")).toEqual({
    fit: "misfit",
    why: "Beside what it reads it takes 4×4×8; this is 8×8×32.",
  });
  const full = [...chain("a", "b", "c"), { ...merge, takes: [] }];
  expect(targetsOf("b", full).get("add")!.why).toContain("takes nothing more");
});

test("a block with one input says why it refuses a shape", () => {
  const flat = { ...row("d"), refuses: { "8×8×32": "Conv2D expected an image" } };
  const verdict = targetsOf("b", [...chain("a", "b"), flat]).get("d");
  expect(verdict).toEqual({ fit: "misfit", why: "Conv2D expected an image." });
});

test("an unknown shape is no misfit", () => {
  const rows = chain("a", "b", "c").map((each) => ({ ...each, shape: "" }));
  expect(targetsOf("b", [...rows, { ...merge, takes: ["4×4×8"] }]).get("add")!.fit).toBe("fits");
});

test("seen from the target it is the same", () => {
  const rows = [...chain("a", "b", "c"), merge];
  expect(fitting(sourcesOf("add", rows))).toEqual(["a", "b", "c"]);
  expect(sourcesOf("a", rows).get("c")!.fit).toBe("refused");
});

test("a node that is gone refuses all", () => {
  expect(fitting(targetsOf("gone", chain("a", "b")))).toEqual([]);
  expect(fitting(sourcesOf("gone", chain("a", "b")))).toEqual([]);
});
