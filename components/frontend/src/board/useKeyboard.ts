/**
 * The board takes the keyboard where the page takes away what had it: a menu or a dialog that closes,
 * a button of settings that are exchanged. Else it would fall to the page's body, where no key of
 * the board does anything. It takes it as well where another document is opened.
 *
 * A text field that is exchanged does not count, unless it stands in a dialog: what is typed on would
 * mean something else on the board.
 */

import { useEffect, useRef } from "react";
import { behindBubble, behindDialog, inTextField } from "../shared/typing";
import type { Desk } from "./desk";

const PAUSE = 400; // milliseconds in which what closes may give the keyboard back itself
const STEP = 50;
const PATIENCE = 15_000;
const DIALOG = '[role="dialog"]';
const RUNNING = '[data-test-script-state="running"]';

/** Follows what has the keyboard, until it is closed. */
export class Keyboard {
  #had: Element | null = null; // null where nothing is missed if it goes
  #arrives = false; // whether another document was opened
  #timer: ReturnType<typeof setTimeout> | undefined;
  #observer = new MutationObserver(() => this.#look());
  #stop = new AbortController();

  /** @param take gives the board the keyboard */
  constructor(private readonly take: () => void) {
    const { signal } = this.#stop;
    document.addEventListener("focusin", (event) => this.#came(event), { signal });
    document.addEventListener("focusout", (event) => this.#left(event), { signal });
    const attributeFilter = ["inert"];
    const all = { childList: true, subtree: true, attributes: true, attributeFilter };
    this.#observer.observe(document.body, all);
  }

  /** Another document was opened: nobody needs the button any more that did it. */
  arrive(): void {
    this.#arrives = true;
    this.#begin();
  }

  close(): void {
    this.#stop.abort();
    this.#observer.disconnect();
    clearTimeout(this.#timer);
  }

  #came(event: FocusEvent): void {
    const target = event.target as Element;
    const types = inTextField(event) && !target.closest(DIALOG);
    this.#had = types ? null : target;
    if (types) this.#arrives = false;
    if (!this.#arrives) clearTimeout(this.#timer); // else a dialog that closes may do it
  }

  /** Where it leaves what is still there, the person has put it nowhere. */
  #left({ target, relatedTarget }: FocusEvent): void {
    if (relatedTarget) return;
    setTimeout(() => {
      if (this.#had === target && !isGone(this.#had as Element)) this.#had = null;
    });
  }

  #look(): void {
    if (!this.#had || !isGone(this.#had)) return;
    this.#had = null;
    this.#begin();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wait(Date.now() + PATIENCE), PAUSE);
  }

  /** Until the page is drawn, what takes the keyboard may be on its way. */
  #wait(until: number): void {
    const busy = document.querySelector(RUNNING) !== null || behindDialog() || behindBubble();
    if (busy && Date.now() < until) {
      this.#timer = setTimeout(() => this.#wait(until), STEP);
      return;
    }
    if (!busy && (this.#arrives || document.activeElement === document.body)) this.take();
    this.#arrives = false;
  }
}

function isGone(element: Element): boolean {
  return !element.isConnected || element.closest("[inert]") !== null;
}

/** @param document the one that is open */
export function useKeyboard(
  root: React.RefObject<HTMLElement | null>,
  desk: Desk,
  document: string,
): void {
  const opened = useRef(document);
  const keyboard = useRef<Keyboard | null>(null);
  useEffect(() => {
    const board = root.current!;
    const note = ({ target }: FocusEvent) => {
      const view = (target as Element).closest<HTMLElement>(".view")?.dataset.view;
      if (view) desk.latest = view;
    };
    keyboard.current = new Keyboard(() => {
      if (board.matches(":focus-within")) return;
      const view = desk.front;
      const place = view === "Canvas" ? ".canvas" : '[role="tab"][aria-selected="true"]';
      if (view === "Stack") desk.focusRow();
      else board.querySelector<HTMLElement>(place)?.focus({ preventScroll: true });
    });
    board.addEventListener("focusin", note);
    return () => {
      keyboard.current?.close();
      board.removeEventListener("focusin", note);
    };
  }, [root, desk]);
  useEffect(() => {
    if (opened.current !== document) keyboard.current?.arrive();
    opened.current = document;
  }, [document]);
}
