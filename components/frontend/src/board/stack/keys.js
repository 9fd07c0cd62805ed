import { inTextField } from "../../shared/dom.js";

/** Keys that work anywhere on the page, but never while a person types. */
export function pageKeys(event, editor) {
  if (inTextField(event) || event.defaultPrevented || behindDialog()) return;
  const key = letter(event);
  if (command(event)) {
    if (!historyKeys(event, editor.actions)) return;
  } else if (event.altKey || !editor.root.checkVisibility()) {
    return;
  } else if (key === "/") {
    editor.openPalette();
  } else if (key === "?") {
    editor.help.toggle();
  } else if (key === "Escape" && editor.closeSomething()) {
    event.stopPropagation();
  } else {
    return;
  }
  event.preventDefault();
}

/** Undo and redo. Returns whether the keys meant one of them. */
export function historyKeys(event, actions) {
  const key = command(event) ? letter(event) : "";
  if (key === "z" && !event.shiftKey) actions.undo();
  else if ((key === "z" && event.shiftKey) || (key === "y" && !event.shiftKey)) actions.redo();
  else return false;
  return true;
}

/** Keys of the list of rows. */
export function listKeys(event, editor) {
  const act = command(event) ? COMMANDS[letter(event)] : KEYS[event.key];
  if (editor.stack.focusedPart() && !WALKING.has(event.key)) return;
  if (!act || (event.altKey && !event.key.startsWith("Arrow"))) return;
  if (act(editor, event) === false) return;
  event.preventDefault();
  event.stopPropagation();
}

const COMMANDS = {
  a: ({ actions }) => actions.selectAll(),
  g: ({ actions }) => actions.group(),
  d: ({ actions, selected }) => actions.duplicate(selected),
};

const vertical = (by) => (editor, event) => {
  if (event.altKey && editor.stack.focusedPart()) return false;
  if (event.shiftKey) return editor.extendBy(by);
  return event.altKey ? editor.actions.move(editor.selected, by) : editor.walkBy(by);
};

const horizontal = (unfold) => (editor, event) => !event.altKey && editor.foldBy(unfold);

/** What works on the lines inside of a row, which cannot be edited. */
const WALKING = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]);

const KEYS = {
  ArrowUp: vertical(-1),
  ArrowDown: vertical(1),
  ArrowLeft: horizontal(false),
  ArrowRight: horizontal(true),
  Home: (editor) => editor.selectBy(-Infinity),
  End: (editor) => editor.selectBy(Infinity),
  Delete: ({ actions, selected }) => actions.remove(selected),
  Backspace: ({ actions, selected }) => actions.remove(selected),
  Enter: ({ actions, selected }) => actions.insertAt(selected),
  e: (editor) => editor.inspect(),
  E: (editor) => editor.inspect(),
  "+": ({ actions, selected }) => actions.repeat(selected, 1),
  "=": ({ actions, selected }) => actions.repeat(selected, 1),
  "-": ({ actions, selected }) => actions.repeat(selected, -1),
};

function command(event) {
  return (event.ctrlKey || event.metaKey) && !event.altKey;
}

/** The letter of a key; by its place on the board where the layout isn't a Latin one. */
function letter({ key, code }) {
  if (key.length === 1 && key.charCodeAt(0) > 127 && code.startsWith("Key")) key = code.slice(3);
  return key.length === 1 ? key.toLowerCase() : key;
}

function behindDialog() {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
