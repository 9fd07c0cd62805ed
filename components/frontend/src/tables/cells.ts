import { make } from "../kit/dom";

/** A state in a word, with a sign that does without color. */
export function sign(level: string, text: string): HTMLElement {
  return make("b", { class: `sign ${level}` }, text);
}

/** A bar of a share from 0 to 1. */
export function bar(share: number): HTMLElement {
  return make("span", { class: "bar" }, make("i", { style: `width:${(100 * share).toFixed(1)}%` }));
}
