import { expect, test } from "vitest";
import { inRoom } from "../../src/charts/narrow";

const NAMED = {
  margin: { l: 60, t: 30 },
  yaxis: { ticktext: ["a,<br>b", "c"], tickvals: ["a, b", "c"], title: "" },
  annotations: [{ text: "mark" }],
};

test("in a narrow figure names stand above their rows, each in one line", () => {
  expect(inRoom(NAMED, 1000)).toBe(NAMED);
  const narrow = inRoom(NAMED, 340);
  expect(narrow.margin).toMatchObject({ l: 14, t: 30 });
  expect(narrow.yaxis).toMatchObject({ showticklabels: false, title: "" });
  expect(narrow.annotations).toMatchObject([
    { text: "mark" },
    { text: "a, b", y: "a, b" },
    { text: "c", y: "c" },
  ]);
  expect(NAMED.annotations).toHaveLength(1);
});

test("a narrow figure whose rows have no names stays as it is", () => {
  const numbers = { yaxis: { title: "error" } };
  expect(inRoom(numbers, 340)).toBe(numbers);
  expect(inRoom({}, 340)).toEqual({});
});
