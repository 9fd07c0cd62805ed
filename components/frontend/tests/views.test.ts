import { expect, test } from "vitest";
import { choose, inOrder, isNews, recall, split } from "../src/board/views";

test.each([
  [{ main: "Canvas", beside: "" }, "Code", { main: "Code", beside: "" }],
  [{ main: "Canvas", beside: "Stack" }, "Code", { main: "Code", beside: "Stack" }],
  [{ main: "Canvas", beside: "Stack" }, "Stack", { main: "Stack", beside: "" }],
  [{ main: "Canvas", beside: "Stack" }, "Canvas", { main: "Canvas", beside: "Stack" }],
])("of %j, the tab %s leads to %j", (shown, name, then) => {
  expect(choose(shown, name)).toEqual(then);
});

test.each([
  [
    { main: "Canvas", beside: "" },
    { main: "Stack", beside: "Canvas" },
  ],
  [
    { main: "Stack", beside: "" },
    { main: "Canvas", beside: "Stack" },
  ],
  [
    { main: "Code", beside: "" },
    { main: "Canvas", beside: "Code" },
  ],
  [
    { main: "Code", beside: "Stack" },
    { main: "Code", beside: "" },
  ],
])("%j becomes %j where it is split, or no longer", (shown, then) => {
  expect(split(shown)).toEqual(then);
});

test("the stack stands on the left, else what was there before", () => {
  expect(inOrder({ main: "Stack", beside: "Code" })).toEqual(["Stack", "Code"]);
  expect(inOrder({ main: "Canvas", beside: "Stack" })).toEqual(["Stack", "Canvas"]);
  expect(inOrder({ main: "Canvas", beside: "Code" })).toEqual(["Code", "Canvas"]);
  expect(inOrder({ main: "Code", beside: "" })).toEqual(["Code"]);
});

const NAMES = ["Stack", "Canvas", "Code"];

test.each([
  ["convstack-views=Code.Stack", { main: "Code", beside: "Stack" }],
  ["other=1; convstack-views=Stack.", { main: "Stack", beside: "" }],
  ["convstack-views=Stack.Stack", { main: "Stack", beside: "" }],
  ["convstack-views=Code.Elsewhere", { main: "Code", beside: "" }],
  ["convstack-views=Elsewhere.Code", { main: "Canvas", beside: "Stack" }],
  ["not-convstack-views=Code.", { main: "Canvas", beside: "Stack" }],
  ["", { main: "Canvas", beside: "Stack" }],
])("of the cookies %j, %j is shown", (cookies, shown) => {
  expect(recall(NAMES, cookies)).toEqual(shown);
});

test.each([
  [{ main: "Canvas", beside: "Stack" }, [], false],
  [{ main: "Canvas", beside: "Code" }, ["Code"], false],
  [{ main: "Code", beside: "Canvas" }, [], true],
  [{ main: "Canvas", beside: "Stack" }, ["Code"], true],
  [{ main: "Layers", beside: "" }, ["Code"], true],
])("the page is told of %j where it draws %j: %s", (shown, drawn, news) => {
  expect(isNews(shown, { views: ["Code", "Layers"], shown: drawn })).toBe(news);
});
