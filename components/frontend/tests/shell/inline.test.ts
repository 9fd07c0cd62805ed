/** The scripts that stand in the page itself, as they are built: run as the browser runs them. */

import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { expect, test, vi } from "vitest";

/** Runs a script twice in one page, and gives the names that it has left there. */
function runTwice(name: string, page: object): string[] {
  const text = readFileSync(`${import.meta.dirname}/../../static/${name}.js`, "utf-8");
  const context = createContext({ ...page });
  const before = new Set(Object.keys(context));
  runInContext(text, context);
  runInContext(text, context);
  return Object.keys(context).filter((key) => !before.has(key));
}

test("the frame's script listens and loads once, and leaves nothing on the page", () => {
  const listen = vi.fn();
  const observe = vi.fn();
  const root = { dataset: {}, style: { colorScheme: "" } };
  const append = vi.fn();
  const app = { dataset: { csSoon: "board.js shared.js" } };
  const left = runTwice("frame", {
    document: {
      documentElement: root,
      head: { append },
      createElement: () => ({}),
      // No menu is open yet.
      querySelector: (selector: string) => (selector.includes("stPopover") ? null : app),
      getElementsByClassName: () => [],
      addEventListener: listen,
    },
    history: { pushState() {}, replaceState() {} },
    getComputedStyle: () => ({ colorScheme: "dark" }),
    MutationObserver: class {
      observe = observe;
    },
  });
  expect(left).toEqual([]);
  const hints = ["pointerdown", "pointermove", "keydown"];
  const clicks = ["click", "click", "click"]; // links within a page, two of menus
  expect(listen.mock.calls.map(([type]) => type)).toEqual([...clicks, "keydown", ...hints]);
  expect(observe).toHaveBeenCalledTimes(2); // the theme, and refused values
  expect(root.style.colorScheme).toBe("dark");
  const soon = ["board.js", "shared.js"].map((href) => [{ rel: "modulepreload", href }]);
  expect(append.mock.calls).toEqual(soon);
});

test("each download starts once, however often the page is drawn", () => {
  const first = { dataset: { csDownload: "a" }, click: vi.fn() };
  const again = { dataset: { csDownload: "a" }, click: vi.fn() };
  const other = { dataset: { csDownload: "b" }, click: vi.fn() };
  const left = runTwice("download", {
    document: { documentElement: { dataset: {} }, querySelectorAll: () => [first, again, other] },
  });
  expect(left).toEqual([]);
  const clicks = [first, again, other].map(({ click }) => click.mock.calls.length);
  expect(clicks).toEqual([1, 0, 1]);
});
