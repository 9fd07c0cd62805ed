/** Edits that a person makes, or is about to make, in the fields of the inspector. */

import type { Edit } from "./foresight";

const PARAMETER = /(?:^|\s)st-key-cs-field-\S*-p-(\w+)(?:\s|$)/; // as `forms/binding.py` names them
const NUMBER = '[data-testid="stNumberInputField"]';
const STEP = '[data-testid="stNumberInputStepUp"], [data-testid="stNumberInputStepDown"]';

/** Who is told: what is about to be done as something to be read later, too. */
export interface Foreseeing {
  expect(next: () => Edit | null): void;
  made(edit: Edit): void;
}

/** Watches the inspector of this page; returns what ends it. */
export function watchInspector(told: Foreseeing): () => void {
  let pointed = false; // whether what is about to be done is what the pointer rests on
  const about = ({ target }: Event) => {
    const ended = pointed;
    const read = () => editOf(target, pressed) ?? editOf(target, chosen);
    pointed = read() !== null;
    if (pointed || ended) told.expect(read);
  };
  let touched: EventTarget | null = null; // the field in which something was typed last
  const typing = ({ target }: Event) => {
    pointed = false;
    touched = target;
    if (editOf(target, typed)) told.expect(() => editOf(target, typed));
  };
  let before = ""; // what stood in the field that has the keyboard
  const arrived = (event: Event) => {
    before = writtenIn(event.target);
    about(event);
  };
  // A field that is left as it was makes no edit, even if it does not show yet what is true by now.
  const entered = ({ target }: Event) => {
    if (target === touched && writtenIn(target) !== before) done(editOf(target, typed));
    before = writtenIn(target);
    touched = null;
  };
  const done = (edit: Edit | null) => edit && told.made(edit);
  const ending = new AbortController();
  const on = <Name extends keyof DocumentEventMap>(
    name: Name,
    listen: (event: DocumentEventMap[Name]) => void,
  ) => document.addEventListener(name, listen, { capture: true, signal: ending.signal });
  on("pointerover", about);
  on("focusin", arrived);
  on("input", typing);
  on("click", ({ target }) => done(editOf(target, pressed)));
  on("pointerup", ({ target }) => done(editOf(target, chosen))); // then the list is shut
  on("keydown", (event) => event.key === "Enter" && entered(event));
  on("focusout", entered);
  return () => ending.abort();
}

function writtenIn(field: EventTarget | null): string {
  return field instanceof HTMLInputElement ? field.value : "";
}

/** The edit that something in a field stands for; null outside of the inspector's fields. */
function editOf(
  target: EventTarget | null,
  read: (at: Element, field: Element) => unknown,
): Edit | null {
  if (!(target instanceof Element)) return null;
  const field = (opener(target) ?? target).closest('[class*="st-key-cs-field-"]');
  const inspector = field?.closest(".st-key-cs-inspector");
  if (!field || !inspector) return null;
  const parameter = PARAMETER.exec(field.className)?.[1];
  const node = inspector.querySelector<HTMLElement>("[data-inspected]")?.dataset.inspected;
  const value = parameter && node ? read(target, field) : undefined;
  return value === undefined ? null : { node: node!, parameter: parameter!, value };
}

/** What pressing here makes of a field: a step of one of its numbers, or the other way of a switch. */
function pressed(at: Element, field: Element): unknown {
  const button = at.closest(STEP);
  if (button) {
    const input = button.closest('[data-testid="stNumberInput"]')?.querySelector(NUMBER);
    const step = button.matches('[data-testid="stNumberInputStepUp"]') ? 1 : -1;
    return numbers(field, (each, value) => (each === input ? value + step : value));
  }
  const box = at.closest('[data-testid="stCheckbox"]')?.querySelector("input");
  return box ? !box.checked : undefined;
}

/** What choosing here makes of a field: an option of its list; the one that is chosen makes nothing. */
function chosen(at: Element): unknown {
  const option = opener(at) && at.closest('[role="option"]');
  if (!option || option.getAttribute("aria-selected") === "true") return undefined;
  const words = option.textContent?.trim();
  return words === "none" ? null : words;
}

/** The field that has opened the list in which something is; the list itself stands elsewhere. */
function opener(at: Element): Element | null {
  const list = at.closest('[role="listbox"]');
  return list && document.querySelector(`input[aria-controls="${CSS.escape(list.id)}"]`);
}

/** What is typed in a field of numbers. */
function typed(at: Element, field: Element): unknown {
  return at.matches(NUMBER) ? numbers(field, (_, value) => value) : undefined;
}

/** The whole numbers of a field: one alone, or a list; undefined where one is missing. */
function numbers(field: Element, read: (input: Element, value: number) => number): unknown {
  const inputs = [...field.querySelectorAll<HTMLInputElement>(NUMBER)];
  const found = inputs.map((input) => read(input, input.valueAsNumber));
  if (found.length === 0 || !found.every(Number.isInteger)) return undefined;
  return found.length === 1 ? found[0] : found;
}
