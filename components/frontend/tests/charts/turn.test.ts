import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Turn } from "../../src/charts/turn";

type Seen = (entries: { isIntersecting: boolean }[]) => void;

let seen: Seen = () => {};
let isWatched = true;
let idle: (() => void)[] = [];

class Observer {
  constructor(tell: Seen) {
    seen = tell;
    isWatched = true;
  }

  observe(): void {}

  disconnect(): void {
    isWatched = false;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  idle = [];
  vi.stubGlobal("IntersectionObserver", Observer);
  vi.stubGlobal("window", { requestIdleCallback: true });
  vi.stubGlobal("requestIdleCallback", (act: () => void) => idle.push(act));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function begin(): { turn: Turn; come: ReturnType<typeof vi.fn> } {
  const come = vi.fn();
  return { turn: new Turn({} as Element, come), come };
}

test("what is seen has its turn at once, and once", () => {
  const { turn, come } = begin();
  seen([{ isIntersecting: false }]);
  expect(turn.hasCome).toBe(false);
  seen([{ isIntersecting: true }]);
  seen([{ isIntersecting: true }]);
  vi.runAllTimers();
  expect(turn.hasCome).toBe(true);
  expect(come).toHaveBeenCalledTimes(1);
  expect(isWatched).toBe(false);
});

test("what is not seen waits for a browser that has nothing else to do", () => {
  const { turn, come } = begin();
  vi.runAllTimers();
  expect(come).not.toHaveBeenCalled();
  for (const act of idle) act();
  expect(come).toHaveBeenCalledTimes(1);
  expect(turn.hasCome).toBe(true);
});

test("what is gone has none", () => {
  const { turn, come } = begin();
  turn.end();
  vi.runAllTimers();
  expect([come.mock.calls.length, idle.length, isWatched]).toEqual([0, 0, false]);
});
