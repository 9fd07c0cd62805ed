import { expect, test, vi } from "vitest";
import { Store } from "../src/shared/store";

test("listeners hear of what is new, and of nothing else", () => {
  const store = new Store({ one: 1, two: "a" });
  const heard = vi.fn();
  const stop = store.subscribe(heard);
  const before = store.snapshot();
  store.set({ one: 1 });
  expect(heard).not.toHaveBeenCalled();
  expect(store.snapshot()).toBe(before);
  store.set({ one: 2 });
  expect(heard).toHaveBeenCalledOnce();
  expect(store.snapshot()).toEqual({ one: 2, two: "a" });
  stop();
  store.set({ one: 3 });
  expect(heard).toHaveBeenCalledOnce();
});
