import { expect, test } from "vitest";
import { completes, isLate } from "../../src/shell/address";

const DESIGN = { pathname: "/app/", search: "" };

test("a page's own document completes its address", () => {
  expect(completes(new URL("http://host/app/?doc=small"), DESIGN)).toBe(true);
  expect(completes(new URL("http://host/app/?run=1"), DESIGN)).toBe(false);
});

test("another page, or another document, is a step of its own", () => {
  expect(completes(new URL("http://host/app/train?doc=small"), DESIGN)).toBe(false);
  const open = { ...DESIGN, search: "?doc=small" };
  expect(completes(new URL("http://host/app/?doc=large"), open)).toBe(false);
});

test("the page of runs shows no document", () => {
  expect(isLate(new URL("http://host/app/runs?doc=small"))).toBe(true);
  expect(isLate(new URL("http://host/app/train?doc=small"))).toBe(false);
});
