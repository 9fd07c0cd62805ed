import { expect, test } from "vitest";
import { search } from "../src/shared/search";

const BLOCKS = [
  "inverted_residual_block",
  "BatchNormalization",
  "residual_block",
  "Conv2D",
  "Conv2DTranspose",
  "SeparableConv2D",
  "GlobalAveragePooling2D",
].map((block) => ({ block, summary: `What ${block} is for.` }));

const found = (query: string) => search(query, BLOCKS).map(({ block }) => block.block);

test.each([
  ["residual_block", "residual_block"],
  ["residualblock", "residual_block"],
  ["residual block", "residual_block"],
  ["conv2d", "Conv2D"],
  ["bn", "BatchNormalization"],
  ["glap", "GlobalAveragePooling2D"],
  ["inv", "inverted_residual_block"],
  ["transpose", "Conv2DTranspose"],
])("%s finds %s first", (query, first) => {
  expect(found(query)[0]).toBe(first);
});

test("what begins with the query comes before what contains it", () => {
  expect(found("residual_block")).toEqual(["residual_block", "inverted_residual_block"]);
  expect(found("conv2d")).toEqual(["Conv2D", "Conv2DTranspose", "SeparableConv2D"]);
});

test("the letters that were met are marked in the name as it is written", () => {
  const hit = search("ualbl", BLOCKS.slice(2, 3))[0]!;
  expect(hit.marks.map((i) => "residual_block"[i]).join("")).toBe("ualbl");
  expect(hit.marks).toEqual([5, 6, 7, 9, 10]);
});

test("nonsense finds nothing", () => {
  expect(found("zzz")).toEqual([]);
});
