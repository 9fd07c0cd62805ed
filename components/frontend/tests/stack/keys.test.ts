import { expect, test, vi } from "vitest";
import { chord, keyName, STACK_KEYS } from "../../src/board/help/keys";
import { historyCommand, listCommand, pageCommand } from "../../src/board/stack/keys";
import { type Press, unlisted } from "../keyList";

const NAMES = [
  ...["walk", "go", "extend", "move", "fold", "remove", "insert", "inspect", "repeat"],
  ...["selectAll", "group", "duplicate", "undo", "redo", "search", "help", "close"],
] as const;

/** Presses a key and tells what was called. */
function pressed(
  keys: string,
  act: (event: KeyboardEvent, commands: never) => (() => unknown) | null,
): unknown[] | null {
  const parts = keys.split(" ");
  const key = parts.at(-1)!;
  const event = {
    key,
    code: key.length === 1 ? `Key${key.toUpperCase()}` : key,
    ctrlKey: parts.includes("Ctrl"),
    metaKey: parts.includes("Meta"),
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
  } as KeyboardEvent;
  const called: unknown[] = [];
  const commands = Object.fromEntries(
    NAMES.map((name) => [name, vi.fn((...args: unknown[]) => called.push(name, ...args))]),
  );
  const command = act(event, commands as never);
  command?.();
  return command ? called : null;
}

test.each([
  ["ArrowDown", ["walk", 1]],
  ["ArrowUp", ["walk", -1]],
  ["Shift ArrowDown", ["extend", 1]],
  ["Alt ArrowUp", ["move", -1]],
  ["ArrowRight", ["fold", true]],
  ["ArrowLeft", ["fold", false]],
  ["Home", ["go", Number.NEGATIVE_INFINITY]],
  ["End", ["go", Number.POSITIVE_INFINITY]],
  ["Delete", ["remove"]],
  ["Backspace", ["remove"]],
  ["Enter", ["insert"]],
  ["e", ["inspect"]],
  ["E", ["inspect"]],
  ["+", ["repeat", 1]],
  ["=", ["repeat", 1]],
  ["-", ["repeat", -1]],
  ["Ctrl a", ["selectAll"]],
  ["Meta g", ["group"]],
  ["Ctrl d", ["duplicate"]],
  ["d", null],
  ["Ctrl e", null],
  ["Alt ArrowRight", null],
  ["Alt Delete", null],
  ["Ctrl Alt a", null],
])("in the list, %s means %j", (keys, meaning) => {
  expect(pressed(keys, (event, commands) => listCommand(event, commands, false))).toEqual(meaning);
});

test.each([
  ["ArrowDown", ["walk", 1]],
  ["ArrowLeft", ["fold", false]],
  ["Home", ["go", Number.NEGATIVE_INFINITY]],
  ["Alt ArrowDown", null],
  ["Delete", null],
  ["Enter", null],
  ["+", null],
  ["Ctrl d", null],
])("on a line inside of a row, %s means %j: it cannot be edited", (keys, meaning) => {
  expect(pressed(keys, (event, commands) => listCommand(event, commands, true))).toEqual(meaning);
});

test.each([
  ["/", ["search"]],
  ["?", ["help"]],
  ["Shift ?", ["help"]],
  ["Escape", ["close"]],
  ["Ctrl z", ["undo"]],
  ["Meta z", ["undo"]],
  ["Ctrl Shift Z", ["redo"]],
  ["Ctrl y", ["redo"]],
  ["Ctrl Shift Y", null],
  ["Ctrl /", null],
  ["Alt /", null],
  ["z", null],
])("on the page, %s means %j", (keys, meaning) => {
  expect(pressed(keys, (event, commands) => pageCommand(event, commands, true))).toEqual(meaning);
});

test("a page that does not show the board still undoes, and does nothing else", () => {
  const hidden = (event: KeyboardEvent, commands: never) => pageCommand(event, commands, false);
  expect(pressed("Ctrl z", hidden)).toEqual(["undo"]);
  for (const keys of ["/", "?", "Escape"]) expect(pressed(keys, hidden)).toBeNull();
});

test("undo is found by its place where the layout is not a Latin one", () => {
  const event = { key: "я", code: "KeyZ", ctrlKey: true } as KeyboardEvent;
  const undo = vi.fn();
  historyCommand(event, { undo, redo: vi.fn() })!();
  expect(undo).toHaveBeenCalledOnce();
});

test("every key is in the list of keys", () => {
  const act = (press: Press) => {
    const called: unknown[] = [];
    const note = (name: string) => [name, (...args: unknown[]) => called.push(name, ...args)];
    const commands = Object.fromEntries(NAMES.map(note)) as never;
    const command = listCommand(press, commands, false) ?? pageCommand(press, commands, true);
    command?.();
    return command ? called : null;
  };
  expect(unlisted(STACK_KEYS, act)).toEqual([]);
  const without = STACK_KEYS.filter(([caps]) => !caps.includes("Shift"));
  expect(unlisted(without, act)).toEqual(["Shift ↑", "Shift ↓", "Ctrl Shift Z"]);
});

test.each([
  ["Ctrl", "MacIntel", "⌘"],
  ["Alt", "MacIntel", "⌥"],
  ["Shift", "iPad", "⇧"],
  ["Ctrl", "Win32", "Ctrl"],
  ["Home", "MacIntel", "Home"],
])("%s on %s is written %s", (key, platform, name) => {
  expect(keyName(key, platform)).toBe(name);
});

test.each([
  [["Ctrl", "Z"], "Win32", "Ctrl+Z"],
  [["Ctrl", "Shift", "Z"], "Linux x86_64", "Ctrl+Shift+Z"],
  [["Ctrl", "Z"], "MacIntel", "⌘Z"],
  [["Ctrl", "Shift", "Z"], "MacIntel", "⇧⌘Z"],
  [["W"], "MacIntel", "W"],
])("%s on %s is one press, %s", (keys, platform, words) => {
  expect(chord(keys, platform)).toBe(words);
});
