/** A short list whose order matters: each row moves earlier or later, or goes. */

import type { OrderData } from "../../generated/tables";
import { draw, make, setText } from "../../kit/dom";
import { adopt, type Component, mountOf, type Place } from "../../kit/streamlit";
import { ACTIONS, type Action, hint, type Item, keyed, label, moved, placeAfter } from "./moves";
import styles from "./order.css?inline";

const SIGNS: Record<Action, string> = {
  earlier: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  later: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  drop: "M4 4l8 8M12 4l-8 8",
};

interface Row {
  element: HTMLLIElement;
  text: HTMLElement;
  buttons: Map<Action, HTMLButtonElement>;
}

class OrderList {
  #component!: Component<OrderData>;
  #items: Item[] = [];
  #rows = new Map<string, Row>();
  #list = make("ol", { class: "cs-order" });
  #spoken = make("div", { class: "cs-spoken", "aria-live": "polite" });

  constructor(parent: Place) {
    adopt(parent, styles);
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    parent.append(this.#list, this.#spoken);
  }

  update(component: Component<OrderData>): void {
    this.#component = component;
    this.#list.setAttribute("aria-label", component.data.label);
    this.#items = keyed(component.data.items);
    this.#draw();
  }

  #draw(): void {
    const root = this.#list.getRootNode() as Document | ShadowRoot;
    const focused = root.activeElement;
    const keys = new Set(this.#items.map(({ key }) => key));
    for (const [key, { element }] of this.#rows) {
      if (keys.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    for (const [place, item] of this.#items.entries()) {
      const row = this.#rows.get(item.key) ?? this.#made(item.key);
      this.#rows.set(item.key, row);
      this.#fill(row, item, place);
      const there = this.#list.children[place];
      if (there !== row.element) this.#list.insertBefore(row.element, there ?? null);
    }
    // Moving a row took the focus from it.
    if (focused instanceof HTMLElement && this.#list.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  }

  #made(key: string): Row {
    const text = make("span");
    const buttons = ACTIONS.map((action) => {
      const sign = draw("path", { d: SIGNS[action] });
      const image = draw("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, sign);
      const button = make("button", { type: "button", "data-action": action }, image);
      button.addEventListener("click", () => this.#act(key, action));
      return [action, button] as const;
    });
    const element = make("li", { "data-key": key }, text, ...buttons.map(([, button]) => button));
    return { element, text, buttons: new Map(buttons) };
  }

  #fill({ text, buttons }: Row, { name, detail }: Item, place: number): void {
    const number = make("i", {}, String(place + 1));
    text.replaceChildren(number, make("b", {}, name), make("small", {}, detail));
    text.title = `${name}  ${detail}`;
    for (const [action, button] of buttons) {
      button.title = hint(action);
      button.setAttribute("aria-label", label(action, name));
      // Not `disabled`: that would take the focus from a button in use.
      const isAtEnd = placeAfter(place, action, this.#items.length) === null;
      button.setAttribute("aria-disabled", String(isAtEnd));
    }
  }

  #act(key: string, action: Action): void {
    const place = this.#items.findIndex((item) => item.key === key);
    const to = placeAfter(place, action, this.#items.length);
    const item = this.#items[place];
    if (!item || to === null) return;
    this.#items = moved(this.#items, place, action, to);
    if (action === "drop") this.#leave(place);
    const told = action === "drop" ? `Dropped ${item.name}` : `${item.name} is number ${to + 1}`;
    setText(this.#spoken, told);
    this.#draw();
    this.#component.setTriggerValue(
      "order",
      this.#items.map(({ id }) => id),
    );
  }

  /** Before a row goes, its neighbor takes the keyboard. */
  #leave(place: number): void {
    const next = this.#items[Math.min(place, this.#items.length - 1)];
    const row = next && this.#rows.get(next.key);
    row?.buttons.get("drop")?.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    const button = event.target instanceof Element ? event.target : null;
    const row = button?.closest("li");
    const key = row?.dataset.key;
    if (!button || !row || key === undefined) return;
    const ways: Record<string, Action | undefined> = { ArrowUp: "earlier", ArrowDown: "later" };
    const way = ways[event.key];
    if (event.altKey && way) this.#act(key, way);
    else if (event.key === "Delete" || event.key === "Backspace") this.#act(key, "drop");
    else if (way && !event.altKey) walk(row, button, way);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** To the same button of the row above or below. */
function walk(row: Element, button: Element, way: Action): void {
  const to = way === "earlier" ? row.previousElementSibling : row.nextElementSibling;
  const action = button.getAttribute("data-action");
  to?.querySelector<HTMLElement>(`[data-action="${action}"]`)?.focus({ preventScroll: true });
}

/** What Streamlit calls with every change. */
export const mount = mountOf(OrderList);
