import { expect, test } from "vitest";
import { type Paint, svgOf } from "../../src/board/canvas/picture";
import { arranged, chain, withSkip } from "./samples";

const PAINT: Paint = {
  text: "rgb(1,1,1)",
  quiet: "rgb(2,2,2)",
  ground: "rgb(3,3,3)",
  raised: "rgb(4,4,4)",
  line: "rgb(5,5,5)",
  wire: "rgb(6,6,6)",
  error: "rgb(7,7,7)",
  tints: { convolution: { tint: "rgb(8,8,8)", ink: "rgb(9,9,9)" } },
};

function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map((found) => found[1]!);
}

test("it says what the cards and lines on the screen say", () => {
  const { svg } = svgOf(arranged(chain("a", "b")), "params", PAINT);
  expect(texts(svg).toSorted()).toEqual(
    ["32, 3×3", "32, 3×3", "8×8×32", "896", "896", "Conv2D", "Conv2D"].toSorted(),
  );
});

test("it follows the overlay, names, and repetitions", () => {
  const rows = chain("a", "b").map((row) => ({ ...row, name: "mine", repeat: 3 }));
  const { svg } = svgOf(arranged(rows), "shape", PAINT);
  expect(svg).toContain("×3  Conv2D");
  expect(texts(svg).filter((words) => words === "8×8×32")).toHaveLength(3);
});

test("it is as large as the graph with its lanes", () => {
  const plain = svgOf(arranged(chain("a", "b", "c")), "params", PAINT);
  const skipping = svgOf(arranged(withSkip("a", "a", "b", "c")), "params", PAINT);
  expect(plain.width).toBe(204 + 48);
  expect(plain.height).toBe(254 + 48);
  expect(skipping.width).toBeGreaterThan(plain.width + 10);
});

test("what a person wrote is no markup", () => {
  const rows = chain("a").map((row) => ({ ...row, name: '<b>&"', shape: "" }));
  const { svg } = svgOf(arranged(rows), "params", PAINT);
  expect(svg).toContain("&lt;b&gt;&amp;&quot;");
  expect(svg).not.toContain("<b>");
});

test("words that are too long are cut", () => {
  const rows = chain("a").map((row) => ({ ...row, parameters: "x".repeat(100) }));
  const shown = texts(svgOf(arranged(rows), "params", PAINT).svg);
  expect(shown.find((words) => words.includes("x"))).toMatch(/^x{5,30}…$/);
});
