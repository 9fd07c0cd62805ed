/** What the keys do while the canvas has the keyboard; none does anything while a person types. */

import { inTextField, letter } from "../../shared/typing";
import type { Arrow } from "./walk";

export interface Commands {
  walk(arrow: Arrow): void;
  fold(): void;
  add(): void;
  remove(): void;
  duplicate(): void;
  group(): void;
  repeat(by: number): void;
  times(): void;
  into(): void;
  up(): void;
  inspect(): void;
  selectAll(): void;
  undo(): void;
  redo(): void;
  fit(): void;
  tidy(): void;
  split(): void;
  help(): void;
  escape(): boolean; // whether there was something to leave
}

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

type Command = () => unknown; // false where there was nothing to do

/** The command of a key, or null. */
export function commandOf(event: Pressed, commands: Commands): Command | null {
  if (event.altKey) return null;
  const key = letter(event);
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return event.shiftKey ? commands.redo : commands.undo;
    const held: Record<string, Command> = {
      y: commands.redo,
      a: commands.selectAll,
      d: commands.duplicate,
      g: commands.group,
    };
    return event.shiftKey ? null : (held[key] ?? null);
  }
  if (key.startsWith("Arrow")) return () => commands.walk(key as Arrow);
  const plain: Record<string, Command> = {
    "/": commands.add,
    " ": commands.fold,
    Delete: commands.remove,
    Backspace: commands.remove,
    "+": () => commands.repeat(1),
    "=": () => commands.repeat(1),
    "-": () => commands.repeat(-1),
    r: commands.times,
    Enter: commands.into,
    u: commands.up,
    e: commands.inspect,
    f: commands.fit,
    t: commands.tidy,
    w: commands.split,
    "?": commands.help,
    Escape: commands.escape,
  };
  return plain[key] ?? null;
}

export function onKey(event: KeyboardEvent, commands: Commands): void {
  if (event.defaultPrevented || inTextField(event)) return;
  // A button takes its own keys: Space and Enter press it.
  const target = event.composedPath()[0];
  if (
    (event.key === " " || event.key === "Enter") &&
    target instanceof Element &&
    target.closest("button, summary")
  )
    return;
  const command = commandOf(event, commands);
  if (!command || command() === false) return;
  event.preventDefault();
  event.stopPropagation();
}
