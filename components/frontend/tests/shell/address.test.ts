import { expect, test } from "vitest";
import { completes, isLate, staysOnPage } from "../../src/shell/address";

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

test("a page's name in the header leads out of what is open in it", () => {
  const study = { pathname: "/studies", search: "?study=1&doc=small" };
  const list = { pathname: "/studies", search: "" };
  expect(staysOnPage(list, study)).toBe(true);
  expect(staysOnPage(study, { ...list, search: "?doc=small" })).toBe(true);
});

test("a link to another page, or to what is shown already, is left to Streamlit", () => {
  const list = { pathname: "/studies", search: "?doc=small" };
  expect(staysOnPage({ pathname: "/runs", search: "" }, list)).toBe(false);
  expect(staysOnPage({ ...list, search: "" }, list)).toBe(false);
  expect(staysOnPage(list, list)).toBe(false);
});
