/** Whether a list of keys has every key that does something. */

import type { Entry } from "../src/board/help/keys";

export type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey"
>;

const NAMES: Record<string, string> = {
  ...{ " ": "Space", "-": "−", "=": "+", Backspace: "Delete", Escape: "Esc" },
  ...{ ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" },
};
const ASCII = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
const OTHERS = [
  ...["Enter", "Tab", "Delete", "Backspace", "Escape", "Home", "End", "PageUp", "PageDown", "F1"],
  ...["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
];
const HELD = [[], ["Shift"], ["Ctrl"], ["Ctrl", "Shift"], ["Alt"]];

/**
 * The keys that do something and are not in the list, as they would stand there.
 *
 * @param act does what a key means; returns what that was, or null. With Shift, only what differs
 *   from the key without it has to be listed.
 */
export function unlisted(list: readonly Entry[], act: (press: Press) => unknown): string[] {
  const has = (held: string[], name: string) =>
    list.some(
      ([caps]) =>
        caps.includes(name) &&
        ["Ctrl", "Shift", "Alt"].every((each) => caps.includes(each) === held.includes(each)),
    );
  const missing = new Set<string>();
  for (const held of HELD) {
    for (const key of [...ASCII, ...OTHERS]) {
      const does = JSON.stringify(act(pressOf(key, held)) ?? null);
      const plain = held.filter((each) => each !== "Shift");
      const same = held.includes("Shift") && does === JSON.stringify(act(pressOf(key, plain)));
      const name = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
      if (does !== "null" && !same && !has(held, name)) missing.add([...held, name].join(" "));
    }
  }
  return [...missing];
}

function pressOf(key: string, held: string[]): Press {
  return {
    key,
    code: key,
    ctrlKey: held.includes("Ctrl"),
    metaKey: false,
    shiftKey: held.includes("Shift"),
    altKey: held.includes("Alt"),
  };
}
