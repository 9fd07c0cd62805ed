/**
 * A bubble that holds nothing but buttons is a menu: it takes the keyboard when it opens, and the
 * arrow keys walk through it. Escape, which Streamlit sees to, gives the keyboard back.
 */

const BODY = '[data-testid="stPopoverBody"]';
const TRIGGER = '[data-testid="stPopoverButton"]';
const PATIENCE = 15_000; // milliseconds that the content of a menu may take on a busy machine
const STEP = 50;
const CLOSING = 300; // milliseconds until a bubble that Escape closes is gone

/** The place that a key leads to from `at`, around the ends; null for other keys. */
export function placeOf(key: string, at: number, length: number): number | null {
  const last = length - 1;
  const ways: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last };
  const to = ways[key];
  if (to === undefined || last < 0) return null;
  return to < 0 ? last : to > last ? 0 : to;
}

export function walkThroughMenus(): void {
  let trigger: HTMLElement | null = null;
  const enter = (until: number) => {
    const body = [...document.querySelectorAll(BODY)].at(-1);
    const items = body && isMenu(body) ? itemsOf(body) : [];
    if (trigger?.getAttribute("aria-expanded") === "true" && items.length) {
      if (!body?.contains(document.activeElement)) items[0]?.focus({ preventScroll: true });
    } else if (Date.now() < until) setTimeout(enter, STEP, until);
  };
  const open = (pressed: HTMLElement) => {
    trigger = pressed;
    setTimeout(enter, STEP, Date.now() + PATIENCE);
  };
  document.addEventListener("click", ({ target }) => {
    const pressed = target instanceof Element && target.closest<HTMLElement>(TRIGGER);
    if (pressed) open(pressed);
  });
  // One that was pressed before this script was there.
  const early = document.querySelector<HTMLElement>(`${TRIGGER}[aria-expanded="true"]`);
  if (early) open(early);
  // A download is a link, of which Streamlit does not know that it was chosen.
  document.addEventListener("click", ({ target }) => {
    const link = target instanceof Element && target.closest(`${BODY} a[download]`);
    if (link) link.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  });
  document.addEventListener("keydown", (event) => {
    const body = document.activeElement?.closest(BODY);
    if (!body) return;
    if (event.key === "Escape") {
      setTimeout(() => {
        if (!body.isConnected) trigger?.focus();
      }, CLOSING);
    }
    if (event.defaultPrevented || !isMenu(body)) return;
    const items = itemsOf(body);
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = placeOf(event.key, at, items.length);
    if (to === null) return;
    items[to]?.focus();
    event.preventDefault();
  });
}

function isMenu(body: Element): boolean {
  return !body.querySelector("input, textarea, select, [contenteditable]");
}

function itemsOf(body: Element): HTMLElement[] {
  const items = body.querySelectorAll<HTMLElement>("button:enabled, a[href]");
  return [...items].filter((item) => item.checkVisibility());
}
