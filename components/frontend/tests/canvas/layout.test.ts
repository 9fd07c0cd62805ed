import ELK from "elkjs/lib/elk.bundled.js";
import { expect, test, vi } from "vitest";
import {
  arrangeNodes,
  CARD,
  type Elk,
  type ElkGraph,
  HEAD,
  InsideLayout,
  limited,
  SMALL,
  TooLong,
} from "../../src/board/canvas/layout";
import { overlap } from "../../src/board/canvas/place";
import { sceneOf } from "../../src/board/canvas/scene";
import type { NodeRow, Part } from "../../src/board/canvas/types";
import { chain, row, sizesOf, withSkip } from "./samples";

const engine = new ELK();
const elk: Elk = async (graph) => (await engine.layout(graph)) as ElkGraph;

/** As elkjs in its worker does with too many links: it hears nothing until it is ended. */
const endless: Elk = (_, milliseconds) =>
  new Promise((__, reject) => setTimeout(() => reject(new TooLong()), milliseconds));

/** Needs no time, but must have been given some. */
const timed: Elk = (graph, milliseconds) =>
  milliseconds > 0 ? elk(graph, milliseconds) : Promise.reject(new TooLong());

function part(key: string, ...sources: string[]): Part {
  const { id: _, ...known } = row(key);
  const inputs = sources.map((source) => ({ source, inlet: 0, shape: "8×8×32" }));
  return { ...known, key, title: "Conv2D", inputs, folds: false, parts: [], output: "" } as Part;
}

/** A node whose two layers have a way round them. */
function opened(id: string, input: string): NodeRow {
  const parts = [part(`${id}/0`, ""), part(`${id}/1`, `${id}/0`), part(`${id}/2`, `${id}/1`, "")];
  return { ...row(id, input), layers: 3, open: true, parts, output: `${id}/2` };
}

test("a chain stands in one column, skip or not", async () => {
  const scene = sceneOf(withSkip("b", "a", "b", "c", "d"));
  const { places } = await arrangeNodes(scene, sizesOf(scene), "down", limited(elk));
  expect(new Set([...places.values()].map(({ x }) => x)).size).toBe(1);
  const heights = ["a", "b", "c", "d"].map((id) => places.get(id)!.y);
  expect(heights).toEqual(heights.toSorted((a, b) => a - b));
});

test("from left to right a chain stands in one row", async () => {
  const scene = sceneOf(chain("a", "b", "c"));
  const { places } = await arrangeNodes(scene, sizesOf(scene), "right", limited(elk));
  expect(new Set([...places.values()].map(({ y }) => y)).size).toBe(1);
});

test.each(["down", "right"] as const)(
  "a chain stands %s as elkjs would lay it out",
  async (way) => {
    const scene = sceneOf(chain("a", "b", "c", "d", "e"));
    const sizes = new Map([...sizesOf(scene), ["b", { width: 410, height: 301 }], ["d", SMALL]]);
    const never: Elk = () => Promise.reject(new Error("asked"));
    const laid = await arrangeNodes(scene, sizes, way, limited(never));
    const byElk = await arrangeNodes(scene, sizes, way, (graph) => elk(graph, 1000));
    expect(laid).toEqual(byElk);
    for (const other of [withSkip("a", "a", "b", "c"), [...chain("a", "b"), row("c", "a")]]) {
      const branched = sceneOf(other);
      const asked = arrangeNodes(branched, sizesOf(branched), way, limited(never));
      await expect(asked).rejects.toThrow("asked");
    }
  },
);

test("what is inside of a frame stands below its head, and none over another", async () => {
  const scene = sceneOf([...chain("a"), opened("b", "a")]);
  const { sizes, places } = await new InsideLayout().arrange(scene, "down", limited(elk));
  const frame = sizes.get("b")!;
  const rects = ["b/0", "b/1", "b/2"].map((id) => ({ ...places.get(id)!, ...sizes.get(id)! }));
  for (const [at, rect] of rects.entries()) {
    expect(rect.y).toBeGreaterThan(HEAD);
    expect(rect.x + rect.width).toBeLessThan(frame.width);
    expect(rect.y + rect.height).toBeLessThan(frame.height);
    expect(rects.slice(at + 1).some((other) => overlap(rect, other))).toBe(false);
  }
  expect(sizes.get("a")).toEqual(CARD);
});

test("a frame that has been laid out is not laid out again", async () => {
  const counted = vi.fn(elk);
  const layout = new InsideLayout();
  const rows = [...chain("a"), opened("b", "a")];
  await layout.arrange(sceneOf(rows), "down", limited(counted));
  await layout.arrange(sceneOf([...rows, row("c", "b")]), "down", limited(counted));
  expect(counted).toHaveBeenCalledTimes(1);
});

test("the time that elkjs takes to load is not its time to lay out", async () => {
  const scene = sceneOf(withSkip("b", "a", "b", "c", "d"));
  const slowly = () => new Promise((resolve) => setTimeout(resolve, 40));
  const laid = await arrangeNodes(scene, sizesOf(scene), "down", limited(timed, 20, slowly));
  expect(laid.whole).toBe(true);
});

test("what takes too long is given up, and stands in the order of the stack", async () => {
  const scene = sceneOf(withSkip("b", "a", "b", "c", "d"));
  for (const direction of ["down", "right"] as const) {
    const laid = await arrangeNodes(scene, sizesOf(scene), direction, limited(endless, 20));
    expect(laid.whole).toBe(false);
    expect([...laid.places.keys()]).toEqual(["a", "b", "c", "d"]);
    const along = [...laid.places.values()].map(({ x, y }) => (direction === "down" ? y : x));
    const length = direction === "down" ? CARD.height : CARD.width;
    for (const [at, place] of along.slice(1).entries()) {
      expect(place).toBeGreaterThan(along[at]! + length);
    }
  }
});

test("a frame that was given up is not tried again, one for which no time was left is", async () => {
  const layout = new InsideLayout();
  const twice = { ...opened("c", "b"), parts: opened("c", "b").parts.slice(0, 2), output: "c/1" };
  const scene = sceneOf([...chain("a"), opened("b", "a"), twice]);
  const never = vi.fn(endless);
  const first = await layout.arrange(scene, "down", limited(never, 20));
  expect(first.whole).toBe(false);
  expect(never).toHaveBeenCalledTimes(1);
  const counted = vi.fn(elk);
  const second = await layout.arrange(scene, "down", limited(counted));
  expect(second.whole).toBe(false);
  expect(counted).toHaveBeenCalledTimes(1);
  expect(second.sizes.get("b")!.height).toBeGreaterThan(3 * CARD.height);
});

test("who waited behind a layout that was given up has a try of its own", async () => {
  let tries = 0;
  const behind: Elk = (graph, milliseconds) =>
    tries++ === 0 ? Promise.reject(new TooLong()) : elk(graph, milliseconds);
  const scene = sceneOf(chain("a", "b"));
  expect((await arrangeNodes(scene, sizesOf(scene), "down", limited(behind))).whole).toBe(true);
});
