import { afterEach, beforeEach, expect, test, vi } from "vitest";

const store = new Map<string, string>();
const storage = {
  getItem: (key: string) => store.get(key) ?? null,
  setItem: (key: string, value: string) => void store.set(key, value),
  removeItem: (key: string) => void store.delete(key),
};

beforeEach(() => {
  store.clear();
  // `Object.keys(localStorage)` gives the names of what is stored.
  const traps = { ownKeys: () => [...store.keys()], getOwnPropertyDescriptor: () => FOUND };
  vi.stubGlobal("localStorage", new Proxy(storage, traps));
  vi.resetModules();
});
afterEach(() => vi.unstubAllGlobals());

const FOUND = { enumerable: true, configurable: true };
const NAME = "convstack-canvas:";
const PLACED = { places: { a: { x: 3, y: 4 } }, sizes: { a: { width: 1, height: 2 } } };

test("what is kept is there after a reload", async () => {
  const first = await import("../../src/board/canvas/memory");
  Object.assign(first.recall("d"), { direction: "right", right: PLACED });
  first.keep("d");
  vi.resetModules();
  const { recall } = await import("../../src/board/canvas/memory");
  expect(recall("d")).toMatchObject({ direction: "right", right: PLACED });
  expect(recall("other")).toMatchObject({ direction: "down", overlay: "params" });
});

test.each([
  "no JSON",
  "7",
  "null",
  '{"direction":"up","overlay":"params","at":1}',
  '{"direction":"down","overlay":"all","at":1}',
  '{"direction":"down","overlay":"params","at":1,"down":{"places":{"a":{"x":"1"}},"sizes":{}}}',
  '{"direction":"down","overlay":"params","at":1,"view":{"x":1,"y":2}}',
])("what is not ours is not believed: %s", async (text) => {
  store.set(`${NAME}d`, text);
  const { recall } = await import("../../src/board/canvas/memory");
  expect(recall("d")).toEqual({ direction: "down", overlay: "params", at: 0 });
});

test("of very many documents the oldest is forgotten", async () => {
  const { keep, recall } = await import("../../src/board/canvas/memory");
  vi.useFakeTimers();
  for (let at = 0; at < 45; at++) {
    vi.setSystemTime(1_000 + at);
    recall(`d${at}`);
    keep(`d${at}`);
  }
  vi.useRealTimers();
  expect(store.size).toBe(40);
  expect(store.has(`${NAME}d4`)).toBe(false);
  expect(store.has(`${NAME}d5`)).toBe(true);
});
