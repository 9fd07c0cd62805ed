/** What the keys do in the stack, and on the page around it. */

import { behindBubble, behindDialog, inTextField, letter } from "../../shared/typing";

/** What the keys of the list ask for; false where there was nothing to do. */
export interface ListCommands {
  walk(places: number): void;
  go(places: number): void; // through rows alone
  extend(places: number): void;
  move(places: number): void;
  fold(unfold: boolean): boolean;
  remove(): boolean;
  insert(): void;
  inspect(): boolean;
  repeat(by: number): void;
  selectAll(): void;
  group(): boolean;
  duplicate(): boolean;
}

/** What the keys of the page ask for. */
export interface PageCommands {
  undo(): void;
  redo(): void;
  search(): void;
  help(): boolean; // whether a view that shows has a list of keys
  close(): boolean; // whether something was open
}

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;
type Command = () => unknown; // false where there was nothing to do

/**
 * The command of a key in the list; null where it has none.
 *
 * @param onPart whether a line inside of a row has the keyboard, which cannot be edited
 */
export function listCommand(
  event: Pressed,
  commands: ListCommands,
  onPart: boolean,
): Command | null {
  const { key, altKey, shiftKey } = event;
  if (onPart && !WALKING.has(key)) return null;
  if (held(event)) {
    const wanted: Record<string, Command> = {
      a: commands.selectAll,
      g: commands.group,
      d: () => commands.duplicate(),
    };
    return wanted[letter(event)] ?? null;
  }
  if (altKey && !key.startsWith("Arrow")) return null;
  const by = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (by !== undefined) {
    if (altKey && onPart) return null;
    if (shiftKey) return () => commands.extend(by);
    return () => (altKey ? commands.move(by) : commands.walk(by));
  }
  if (altKey) return null;
  const plain = new Map<string, Command>([
    ["ArrowLeft", () => commands.fold(false)],
    ["ArrowRight", () => commands.fold(true)],
    ["Home", () => commands.go(-Infinity)],
    ["End", () => commands.go(Infinity)],
    ["Delete", () => commands.remove()],
    ["Backspace", () => commands.remove()],
    ["Enter", commands.insert],
    ["e", commands.inspect],
    ["E", commands.inspect],
    ["+", () => commands.repeat(1)],
    ["=", () => commands.repeat(1)],
    ["-", () => commands.repeat(-1)],
  ]);
  return plain.get(key) ?? null;
}

/** The command of a key that works anywhere on the page; null where it has none. */
export function pageCommand(
  event: Pressed,
  commands: PageCommands,
  shown: boolean,
): Command | null {
  const history = historyCommand(event, commands);
  if (history || held(event)) return history;
  if (event.altKey || !shown) return null;
  const plain: Record<string, Command> = {
    "/": commands.search,
    "?": commands.help,
    Escape: commands.close,
  };
  return plain[letter(event)] ?? null;
}

/** Undo and redo. */
export function historyCommand(
  event: Pressed,
  commands: Pick<PageCommands, "undo" | "redo">,
): Command | null {
  const key = held(event) ? letter(event) : "";
  if (key === "z") return event.shiftKey ? commands.redo : commands.undo;
  return key === "y" && !event.shiftKey ? commands.redo : null;
}

/** Listens to the page. Never does anything while a person types, or behind a dialog. */
export function onPageKey(event: KeyboardEvent, commands: PageCommands, shown: boolean): void {
  if (inTextField(event) || event.defaultPrevented || behindDialog()) return;
  if (event.key === "Escape" && behindBubble()) return; // it closes
  const command = pageCommand(event, commands, shown);
  if (!command || command() === false) return;
  event.preventDefault();
  if (event.key === "Escape") event.stopPropagation();
}

/** What works on the lines inside of a row. */
const WALKING = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]);

function held(event: Pressed): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey;
}
