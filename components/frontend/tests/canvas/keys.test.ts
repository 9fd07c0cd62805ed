import { expect, test, vi } from "vitest";
import { KEYS } from "../../src/board/canvas/Help";
import { type Commands, commandOf, onKey } from "../../src/board/canvas/keys";

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
  const listed = KEYS.map(([keys]) => ` ${keys} `).join("");
  const named: Record<string, string> = {
    " ": "Space",
    "-": "−",
    "=": "+",
    Backspace: "Delete",
    Escape: "Esc",
  };
  const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
  const others = ["Enter", "Tab", "Delete", "Backspace", "Escape", "Home", "End", "PageUp", "F1"];
  const pressable = [...ascii, ...others].filter((key) => !/[A-Z]/.test(key) || key.length > 1);
  const found = pressable.filter((key) => pressed(key).length > 0);
  expect(found.length).toBeGreaterThan(10);
  for (const key of found) {
    const shown = named[key] ?? (key.length === 1 ? key.toUpperCase() : key);
    expect(listed).toContain(` ${shown} `);
  }
  const words = `${KEYS.flat().join("  ")} `;
  for (const key of ascii.filter((each) => pressed(each, "ctrl").length > 0)) {
    expect(words).toMatch(new RegExp(`Ctrl [A-Z ]*\\b${key.toUpperCase()} `));
  }
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
