import { expect, test, vi } from "vitest";
import { type Commands, commandOf, onKey } from "../../src/board/canvas/keys";
import { CANVAS_KEYS } from "../../src/board/help/keys";
import { unlisted } from "../keyList";

const NAMES = [
  "walk",
  "fold",
  "add",
  "remove",
  "duplicate",
  "group",
  "repeat",
  "times",
  "into",
  "up",
  "inspect",
  "selectAll",
  "undo",
  "redo",
  "fit",
  "tidy",
  "split",
  "help",
  "escape",
] as const;

function pressed(key: string, held: "" | "ctrl" | "ctrl shift" | "alt" | "shift" = "", code = "") {
  const commands = Object.fromEntries(NAMES.map((name) => [name, vi.fn()])) as unknown as Commands;
  const event = {
    key,
    code,
    ctrlKey: held.includes("ctrl"),
    metaKey: false,
    shiftKey: held.includes("shift"),
    altKey: held === "alt",
  };
  commandOf(event, commands)?.();
  return NAMES.filter((name) => vi.mocked(commands[name]).mock.calls.length > 0);
}

test.each([
  ["z", "ctrl", "undo"],
  ["Z", "ctrl shift", "redo"],
  ["y", "ctrl", "redo"],
  ["a", "ctrl", "selectAll"],
  ["d", "ctrl", "duplicate"],
  ["g", "ctrl", "group"],
  ["Delete", "", "remove"],
  ["Backspace", "", "remove"],
  ["/", "", "add"],
  ["?", "shift", "help"],
  [" ", "", "fold"],
  ["f", "", "fit"],
  ["t", "", "tidy"],
  ["w", "", "split"],
  ["+", "shift", "repeat"],
  ["r", "", "times"],
  ["Enter", "", "into"],
  ["u", "", "up"],
  ["e", "", "inspect"],
  ["Escape", "", "escape"],
  ["ArrowDown", "", "walk"],
] as const)("%s %s: %s", (key, held, command) => {
  expect(pressed(key, held)).toEqual([command]);
});

test("the browser's own keys are left to it", () => {
  expect(pressed("f", "ctrl")).toEqual([]);
  expect(pressed("t", "ctrl")).toEqual([]);
  expect(pressed("w", "ctrl")).toEqual([]);
  expect(pressed("ArrowLeft", "alt")).toEqual([]);
  expect(pressed("d", "ctrl shift")).toEqual([]);
});

test("copy, cut and paste are the browser's own events", () => {
  for (const key of ["c", "x", "v"]) expect(pressed(key, "ctrl")).toEqual([]);
});

test("every key is in the list of keys", () => {
  const act = (press: Parameters<typeof commandOf>[0]) => {
    const called: unknown[] = [];
    const note = (name: string) => [name, (...args: unknown[]) => called.push(name, ...args)];
    const commands = Object.fromEntries(NAMES.map(note)) as unknown as Commands;
    commandOf(press, commands)?.();
    return called.length > 0 ? called : null;
  };
  expect(unlisted(CANVAS_KEYS, act)).toEqual([]);
  expect(unlisted(CANVAS_KEYS.slice(1), act)).toEqual(["/"]);
});

test("Escape that has nothing to leave on the canvas is left to the page", () => {
  vi.stubGlobal("Element", class {});
  const leaves = vi.fn(() => false);
  const event = {
    key: "Escape",
    composedPath: () => [],
    preventDefault: vi.fn(),
    stopPropagation: vi.fn(),
  };
  const press = () =>
    onKey(event as unknown as KeyboardEvent, { escape: leaves } as unknown as Commands);
  press();
  expect(leaves).toHaveBeenCalledOnce();
  expect(event.stopPropagation).not.toHaveBeenCalled();
  leaves.mockReturnValue(true);
  press();
  expect(event.stopPropagation).toHaveBeenCalledOnce();
  expect(event.preventDefault).toHaveBeenCalledOnce();
});

test("on another alphabet's board the place of the key counts", () => {
  expect(pressed("я", "ctrl", "KeyZ")).toEqual(["undo"]);
});
