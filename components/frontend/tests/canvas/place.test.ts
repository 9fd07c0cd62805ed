import { expect, test } from "vitest";
import { CARD, GAP } from "../../src/board/canvas/layout";
import { isAnother, type Places, place, type Sizes } from "../../src/board/canvas/place";
import { sceneOf } from "../../src/board/canvas/scene";
import type { NodeRow } from "../../src/board/canvas/types";
import { chain, row, sizesOf } from "./samples";

const STEP = CARD.height + GAP.down;

function column(...ids: string[]): Places {
  return new Map(ids.map((id, at) => [id, { x: 0, y: at * STEP }]));
}

function after(rows: NodeRow[], places: Places, sizes?: Sizes, old?: Sizes): Places {
  const scene = sceneOf(rows);
  const now = sizes ?? sizesOf(scene);
  return place(scene, now, { places, sizes: old ?? now }, "down");
}

test("what has not changed stays where a person put it", () => {
  const places: Places = new Map([
    ["a", { x: 310, y: -20 }],
    ["b", { x: 4, y: 700 }],
  ]);
  expect(after(chain("a", "b"), places)).toEqual(places);
});

test("a block at the end stands below what it reads, and nothing else moves", () => {
  expect(after(chain("a", "b", "new"), column("a", "b"))).toEqual(column("a", "b", "new"));
});

test("a block between two makes room below itself only", () => {
  expect(after(chain("a", "new", "b", "c"), column("a", "b", "c"))).toEqual(
    column("a", "new", "b", "c"),
  );
});

test("a block in front of all stands above them", () => {
  const places = after(chain("new", "a"), column("a"));
  expect(places.get("new")!.y + STEP).toBeLessThanOrEqual(places.get("a")!.y);
});

test("where a block had its rows to itself, what is below moves up", () => {
  expect(after(chain("a", "c"), column("a", "b", "c"))).toEqual(column("a", "c"));
});

test("where another one stands beside it, nothing moves", () => {
  const places = column("a", "b", "c");
  places.set("beside", { x: 400, y: STEP });
  const rows = [...chain("a", "c"), row("beside", "a")];
  expect(after(rows, places).get("c")).toEqual({ x: 0, y: 2 * STEP });
});

test("adding and taking out again leads back", () => {
  const before = column("a", "b", "c");
  const with_ = after(chain("a", "b", "new", "c"), before);
  expect(after(chain("a", "b", "c"), with_)).toEqual(before);
});

test("unfolding makes room around the middle, folding closes it again", () => {
  const rows = chain("a", "b", "c");
  const small = sizesOf(sceneOf(rows));
  const large = new Map(small).set("b", { width: 604, height: 354 });
  const before = column("a", "b", "c");
  const open = after(rows, before, large, small);
  expect(open.get("a")).toEqual({ x: 0, y: 0 });
  expect(open.get("b")).toEqual({ x: -200, y: STEP });
  expect(open.get("c")).toEqual({ x: 0, y: 2 * STEP + 300 });
  expect(after(rows, open, small, large)).toEqual(before);
});

test("two branches of one node stand side by side", () => {
  const rows = [...chain("a", "b"), row("c", "a")];
  const places = after(rows, column("a", "b"));
  const [b, c] = [places.get("b")!, places.get("c")!];
  expect(Math.abs(b.x - c.x) >= CARD.width || Math.abs(b.y - c.y) >= CARD.height).toBe(true);
});

test("from left to right the same holds, turned", () => {
  const scene = sceneOf(chain("a", "new", "b"));
  const sizes = sizesOf(scene);
  const step = CARD.width + GAP.right;
  const places: Places = new Map([
    ["a", { x: 0, y: 0 }],
    ["b", { x: step, y: 0 }],
  ]);
  const found = place(scene, sizes, { places, sizes }, "right");
  expect([...found.values()]).toEqual([0, 1, 2].map((at) => ({ x: at * step, y: 0 })));
});

test("another network is laid out anew, an edited one is not", () => {
  expect(isAnother(sceneOf(chain("a", "b", "c", "d")), column("a"))).toBe(true);
  expect(isAnother(sceneOf(chain("a", "b", "c", "d")), column("a", "b", "c"))).toBe(false);
  expect(isAnother(sceneOf(chain("a", "b")), column())).toBe(false);
});

test("what a person puts somewhere stands there, around the point, and moves nothing", () => {
  const before = column("a", "b");
  const scene = sceneOf(chain("a", "new", "b"));
  const put = (at: { x: number; y: number }, direction: "down" | "right" = "down") =>
    place(scene, sizesOf(scene), { places: before, sizes: new Map() }, direction, {
      id: "new",
      at,
    });
  const found = put({ x: 500, y: 100 });
  expect(found.get("new")).toEqual({ x: 500 - CARD.width / 2, y: 100 - CARD.height / 2 });
  expect([found.get("a"), found.get("b")]).toEqual([before.get("a"), before.get("b")]);
  expect(put({ x: 500, y: 100 }, "right").get("new")).toEqual(found.get("new"));
  // Where a card stands already it goes to the nearest free place.
  expect(put({ x: 300, y: 30 }).get("new")).toEqual({ x: CARD.width + 16, y: 3 });
  expect(put({ x: 90, y: STEP + 60 }).get("new")).toEqual({ x: -12, y: STEP + CARD.height + 16 });
});

test("what a block was made of stands where the block was, above what comes after it", () => {
  const block = column("a", "block", "b", "c");
  const unpacked = [...chain("a", "one", "two"), row("skip", "a")];
  const rows = [...unpacked, row("add", "two", "skip"), row("b", "add"), row("c", "b")];
  const places = after(rows, block);
  const down = ["a", "one", "two", "add", "b", "c"];
  expect(down.map((id) => places.get(id))).toEqual(down.map((id) => column(...down).get(id)));
  expect(places.get("skip")).toEqual({ x: CARD.width + 28, y: STEP });
});
