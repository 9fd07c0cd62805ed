import { expect, test } from "vitest";
import { best, latest, reduce, smooth, visible } from "../../src/charts/series";

test("thinning keeps every minimum and maximum, in order", () => {
  const long: (number | null)[] = Array.from({ length: 9000 }, (_, i) => Math.sin(i / 50));
  long[4321] = 9;
  long[7777] = -9;
  long[100] = null;
  const kept: number[] = reduce(long, 0, 9000, 1000);
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

test("the latest and the best are values that are there", () => {
  expect(latest([1, 2, 3], [4, 5, null])).toEqual({ x: 2, y: 5 });
  expect(latest([], [])).toBeNull();
  expect(best("val_loss", [1, 2, 3, 4], [4, 2, null, 2])).toEqual({ x: 2, y: 2 });
  expect(best("val_accuracy", [1, 2], [0.5, 0.25])).toEqual({ x: 1, y: 0.5 });
  expect(best("val_loss", [1], [null])).toBeNull();
});
