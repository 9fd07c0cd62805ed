/** From a block to its settings beside the board, and back; whose settings may be edited. */

import { fold } from "./settings";

const PATIENCE = 5000; // milliseconds that the settings of a block just selected may take
const STEP = 40;
const PANEL = ".st-key-cs-inspector";
const FIELDS = ':is([class*="st-key-cs-form-"] :is(input, textarea), .cs-order button)';

/**
 * Gives the first field of a block's settings the keyboard; Escape gives it back.
 *
 * @param label the block's name; its settings may be on their way still
 * @param back called when the person comes back
 */
export function toInspector(label: string, back: () => void): void {
  fold(false);
  const until = Date.now() + PATIENCE;
  const look = () => {
    const panel = document.querySelector<HTMLElement>(PANEL);
    const name = panel?.querySelector<HTMLInputElement>(".st-key-cs-inspector-name input");
    const all = [...(panel?.querySelectorAll<HTMLInputElement>(FIELDS) ?? [])];
    const field = all.find(usable) ?? name;
    // While the page is drawn, fields of the block before stand among those of this one.
    const late = panel?.querySelector('[class*="st-key-cs-reads-"]:not(:has(li))') ?? drawing();
    const shown = panel?.checkVisibility() && !panel.inert; // it may have been folded
    const there = (name?.value === label && !late && shown) || Date.now() > until;
    if (!panel || !there || !field) {
      if (Date.now() < until) setTimeout(look, STEP);
      return;
    }
    field.focus();
    field.select?.(); // a button has no text
    field.scrollIntoView({ block: "nearest" });
    leaveBy(panel, back);
  };
  look();
}

/**
 * Shuts the settings for as long as they are those of another selection than the one on the board.
 *
 * The server draws them, so that those of the block before stand there for a moment. What somebody
 * types then is either lost when they are exchanged, or changes the block before.
 */
export class Gate {
  #chosen = "";
  #observer = new MutationObserver(() => this.#look());

  /** @param board where the settings are, or will be; null on a page without any */
  constructor(board: Element | null) {
    const attributeFilter = ["data-inspected"];
    const all = { childList: true, subtree: true, attributes: true, attributeFilter };
    if (board) this.#observer.observe(board, all);
  }

  /** What is selected on the board: one node, and others beside it. */
  choose(selection: string | null, others: string[]): void {
    const several = selection === null ? [] : [selection, ...others];
    this.#chosen = several.length > 1 ? several.sort().join(" ") : (selection ?? "");
    this.#look();
  }

  close(): void {
    this.#observer.disconnect();
  }

  #look(): void {
    const panel = document.querySelector<HTMLElement>(PANEL);
    if (!panel) return;
    // Until the page is drawn, what stood further down before may still be there.
    const shown = [...panel.querySelectorAll<HTMLElement>("[data-inspected]")];
    panel.inert = shown.some(({ dataset }) => dataset.inspected !== this.#chosen);
  }
}

let leaving: AbortController | null = null;

/** Escape in the settings leads back, unless it closes something there. */
function leaveBy(panel: HTMLElement, back: () => void): void {
  leaving?.abort();
  const stop = new AbortController();
  leaving = stop;
  panel.addEventListener(
    "keydown",
    (event) => {
      const closes = (event.target as Element).closest?.('[aria-expanded="true"]');
      if (event.key !== "Escape" || event.defaultPrevented || closes) return;
      stop.abort();
      event.preventDefault();
      event.stopPropagation();
      back();
    },
    { signal: stop.signal },
  );
}

function drawing(): Element | null {
  return document.querySelector('[data-test-script-state="running"]');
}

function usable(field: HTMLInputElement): boolean {
  return !field.disabled && field.checkVisibility();
}
