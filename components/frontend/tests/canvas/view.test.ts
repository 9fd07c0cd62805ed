import { expect, test } from "vitest";
import { firstView, grainOf, inView, refitted } from "../../src/board/canvas/view";

const card = (x: number, y: number) => ({ x, y, width: 200, height: 50 });
const VIEW = { x: 0, y: 0, zoom: 1 };

test("a network that can be read as a whole is seen as a whole, a longer one from its beginning", () => {
  const short = [card(0, 0), card(0, 1000)];
  const view = firstView(short, 600, 600);
  for (const rect of short) expect(inView(rect, view, 600, 600)).toBe(true);
  const long = [card(0, 0), card(0, 9000)];
  expect(firstView(long, 600, 600).zoom).toBe(0.85);
  expect(inView(long[0]!, firstView(long, 600, 600), 600, 600)).toBe(true);
});

test("a change of size leaves the view alone while what matters is seen", () => {
  expect(refitted(VIEW, card(10, 10), [card(10, 10), card(0, 9000)], 400, 300)).toBe(VIEW);
  expect(refitted(VIEW, undefined, [card(10, 10)], 400, 300)).toBe(VIEW);
});

test("a selected card that is cut off comes to the middle, as large as before where it fits", () => {
  const chosen = card(350, 10);
  const view = refitted(VIEW, chosen, [chosen], 400, 300);
  expect(view.zoom).toBe(1);
  expect(inView(chosen, view, 400, 300)).toBe(true);
  const narrow = refitted(VIEW, chosen, [chosen], 150, 300);
  expect(narrow.zoom).toBeLessThan(1);
  expect(inView(chosen, narrow, 150, 300)).toBe(true);
});

test("with nothing selected, the network is brought back", () => {
  const all = [card(0, 0), card(0, 400)];
  const view = refitted(VIEW, undefined, all, 400, 300);
  for (const rect of all) expect(inView(rect, view, 400, 300)).toBe(true);
});

test("what is a pixel wide when seen from far, in steps that are few", () => {
  expect([2, 1, 0.4].map(grainOf)).toEqual([null, null, null]);
  const zooms = Array.from({ length: 100 }, (_, at) => 0.08 + 0.0032 * at);
  const grains = zooms.map((zoom) => grainOf(zoom)!);
  expect(new Set(grains)).toEqual(new Set([16, 8, 4, 2]));
  for (const [at, grain] of grains.entries()) {
    expect(grain * zooms[at]!).toBeGreaterThan(0.7);
    expect(grain * zooms[at]!).toBeLessThan(1.45);
  }
});
