import { expect, test, vi } from "vitest";
import { commandOf, type Commands } from "../src/keys";

const NAMES = [
  "walk",
  "fold",
  "add",
  "remove",
  "duplicate",
  "group",
  "repeat",
  "selectAll",
  "undo",
  "redo",
  "fit",
  "tidy",
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
  ["+", "shift", "repeat"],
  ["Escape", "", "escape"],
  ["ArrowDown", "", "walk"],
] as const)("%s %s: %s", (key, held, command) => {
  expect(pressed(key, held)).toEqual([command]);
});

test("the browser's own keys are left to it", () => {
  expect(pressed("f", "ctrl")).toEqual([]);
  expect(pressed("t", "ctrl")).toEqual([]);
  expect(pressed("ArrowLeft", "alt")).toEqual([]);
  expect(pressed("d", "ctrl shift")).toEqual([]);
});

test("on another alphabet's board the place of the key counts", () => {
  expect(pressed("я", "ctrl", "KeyZ")).toEqual(["undo"]);
});
