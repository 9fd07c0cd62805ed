import { expect, test } from "vitest";
import { type Gradients, gradientReader, short, spelled } from "../../src/board/canvas/gradients";

function told(norms: Gradients["norms"]): Gradients {
  const words = { run: "r", name: "n", created: "", message: "", advice: "", begins: "" };
  return { ...words, changed: 0, active: false, batch: 9, state: "healthy", norms };
}

test("the weakest layer of a node speaks for it, against the strongest of all", () => {
  const read = gradientReader(told({ a: [0.5, 1], b: [5e-4, 0.5], c: [1e-6, 1e-6] }));
  expect(read("a")).toMatchObject({ figure: "0.5", mark: "" });
  expect(read("b")).toMatchObject({ figure: "5.0e-4", mark: "weak" });
  expect(read("a").share).toBeGreaterThan(read("b").share);
  expect(read("c").share).toBe(0.02); // there is a bar as long as there is a gradient
});

test("no gradient and one that is no number are told apart from no figure", () => {
  const read = gradientReader(told({ dead: [0, 0.3], broken: [null, null] }));
  expect(read("dead")).toEqual({ figure: "no gradient", share: 0, mark: "none" });
  expect(read("broken")).toEqual({ figure: "not finite", share: 1, mark: "broken" });
  expect(read("input")).toEqual({ figure: "", share: 0, mark: "" });
  expect(gradientReader(null)("dead").figure).toBe("");
});

test("norms are written with two digits that count", () => {
  const written = [0.0241, 123.4, 1.23e-5, 4.1e6, 1].map(short);
  expect(written).toEqual(["0.024", "120", "1.2e-5", "4.1e+6", "1"]);
});

test("words for one layer, for several, and for none", () => {
  const gradients = told({ one: [0.5, 0.5], more: [0.1, 0.5], bad: [null, null] });
  expect(spelled(gradients, "one")).toBe("gradient 0.5");
  expect(spelled(gradients, "more")).toBe("gradients of its layers from 0.1 to 0.5");
  expect(spelled(gradients, "bad")).toContain("no finite number");
  expect(spelled(gradients, "input")).toBe("");
});
