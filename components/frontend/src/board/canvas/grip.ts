/**
 * Takes an end of a line, to move it.
 *
 * React Flow's own places to take a line by lie where its handles are, below the cards: it is told
 * of the press there. While an end is moved, its line is not in the page. A finger's moves go to
 * what it was put on, wherever that is, so they are handed on as those of a mouse.
 */

import type { End } from "./flow";

const NOWHERE = { clientX: -10_000, clientY: -10_000 };

/** Begins to move the end of a line by what was pressed. */
export function take(press: React.PointerEvent<Element>, end: End): void {
  const { currentTarget, clientX, clientY } = press;
  const anchor = currentTarget
    .closest(".react-flow__edge")!
    .querySelector(`.react-flow__edgeupdater-${end}`);
  anchor?.dispatchEvent(new MouseEvent("mousedown", { clientX, clientY, bubbles: true }));
  if (press.pointerType === "touch") followFinger(press.target as Element);
}

/** Begins to move the end that is nearest to a finger. */
export function takeNearest(press: React.PointerEvent<Element>): void {
  const line = press.currentTarget.closest(".react-flow__edge")!;
  const away = (end: End) => {
    const { x, y, width, height } = line
      .querySelector(`.grip[data-end="${end}"]`)!
      .getBoundingClientRect();
    return Math.hypot(x + width / 2 - press.clientX, y + height / 2 - press.clientY);
  };
  take(press, away("source") < away("target") ? "source" : "target");
}

function followFinger(on: Element): void {
  const page = on.getRootNode();
  const stop = new AbortController();
  const mouse = (type: string, { clientX, clientY }: { clientX: number; clientY: number }) =>
    page.dispatchEvent(new MouseEvent(type, { clientX, clientY }));
  const listen = (name: "touchmove" | "touchend" | "touchcancel", act: (at: Touch) => void) =>
    on.addEventListener(name, (event) => act((event as TouchEvent).changedTouches[0]!), stop);
  listen("touchmove", (at) => mouse("mousemove", at));
  listen("touchend", (at) => {
    stop.abort();
    mouse("mouseup", at);
  });
  listen("touchcancel", () => {
    stop.abort();
    mouse("mousemove", NOWHERE); // so that it ends over nothing, and the line stays
    mouse("mouseup", NOWHERE);
  });
}
