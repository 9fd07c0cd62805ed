import { expect, test } from "vitest";
import { best, latest, reduce, smooth, visible } from "../../src/charts/series";
import curves from "../bestEpochs.json";
import lines from "../thinned.json";

test.each(lines)(
  "$limit points of a line are those that Python keeps",
  ({ values, limit, kept }) => {
    expect(reduce(values, 0, values.length, limit)).toEqual(kept);
  },
);

test.each(curves)("the best $metric is that of Python", ({ metric, values, best: epoch }) => {
  const epochs = values.map((_, at) => at + 1);
  expect(best(metric, epochs, values)?.x ?? null).toBe(epoch);
});

test("thinning keeps every minimum and maximum, in order", () => {
  const long: (number | null)[] = Array.from({ length: 9000 }, (_, i) => Math.sin(i / 50));
  long[4321] = 9;
  long[7777] = -9;
  long[100] = null;
  const kept = reduce(long, 0, 9000, 1000);
  expect(kept.length).toBeGreaterThanOrEqual(900);
  expect(kept.length).toBeLessThanOrEqual(1000);
  expect([4321, 7777, 100].map((index) => kept.includes(index))).toEqual([true, true, false]);
  expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
});

test("a short line is kept whole", () => {
  expect(reduce([5, 6, 7, 8], 1, 3, 10)).toEqual([1, 2]);
});

test("smoothing is not biased toward the start, and a gap stays one", () => {
  const [first, second, gap, last] = smooth([1, 1, null, 3], 0.5);
  expect([first, second, gap]).toEqual([1, 1, null]);
  expect(last).toBeCloseTo(15 / 7, 12);
});

test("of what is in view the neighbors are drawn too", () => {
  expect(visible([1, 2, 3, 4, 5, 6], 2.5, 4.5)).toEqual([1, 5]);
  expect(visible([1, 2, 3], 7, 9)).toEqual([2, 3]);
});

test("a part of a line is thinned by itself", () => {
  const values = [9, 0, 1, 2, 3, 4, 5, 6, 9];
  expect(reduce(values, 1, 8, 4)).toEqual([1, 7]);
});

test("the latest is a value that is there", () => {
  expect(latest([1, 2, 3], [4, 5, null])).toEqual({ x: 2, y: 5 });
  expect(latest([], [])).toBeNull();
});
