import { expect, test } from "vitest";
import { sourcesOf, targetsOf } from "../src/connect";
import { chain, row } from "./samples";

const merge = { ...row("add", "c"), max_inputs: null, takes: ["8×8×32"] };

test("no connection closes a cycle, reads itself, or is made twice", () => {
  const rows = [...chain("a", "b", "c"), merge];
  expect(targetsOf("b", rows)).toEqual(new Map([["add", "fits"]]));
  expect([...targetsOf("a", rows).keys()]).toEqual(["c", "add"]);
});

test("what takes no input is no target", () => {
  expect(targetsOf("c", chain("a", "b", "c")).has("a")).toBe(false);
});

test("a merge of other shapes is a misfit, which may be connected all the same", () => {
  const rows = [...chain("a", "b", "c"), { ...merge, takes: ["4×4×8"] }];
  expect(targetsOf("b", rows).get("add")).toBe("misfit");
});

test("an unknown shape is no misfit", () => {
  const rows = chain("a", "b", "c").map((each) => ({ ...each, shape: "" }));
  expect(targetsOf("b", [...rows, { ...merge, takes: ["4×4×8"] }]).get("add")).toBe("fits");
});

test("what has all its inputs is no target", () => {
  const full = { ...row("pair", "a", "b"), max_inputs: 2 };
  expect(targetsOf("c", [...chain("a", "b", "c"), full]).has("pair")).toBe(false);
});

test("seen from the target it is the same", () => {
  const rows = [...chain("a", "b", "c"), merge];
  expect([...sourcesOf("add", rows).keys()]).toEqual(["a", "b", "c"]);
});
