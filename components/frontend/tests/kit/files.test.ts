import { expect, test } from "vitest";
import { table } from "../../src/charts/save";
import { csv, fileName } from "../../src/kit/files";

test("a cell is quoted where it has to be; what is missing stays empty", () => {
  expect(csv([["a,b", 'say "x"', "two\nlines", null, undefined, 0]])).toBe(
    '"a,b","say ""x""","two\nlines",,,0\n',
  );
});

test("lines of a chart share a row for each place that any of them has", () => {
  const lines = [
    { label: "training", xs: [0.5, 1], ys: [2, null] },
    { label: "validation", xs: [1, 2], ys: [4, 5] },
  ];
  expect(table("epoch", lines)).toBe("epoch,training,validation\n0.5,2,\n1,,4\n2,,5\n");
});

test("a file is named after its title", () => {
  expect(fileName("Validation loss (mean)")).toBe("validation-loss-mean-");
});
