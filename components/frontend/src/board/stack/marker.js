import { h, icon, setAttribute } from "../../shared/dom.js";

/** Where the next block goes: the line between two rows, and the "+" that sets it. */
export class Marker {
  constructor(actions, stack) {
    this.stack = stack;
    this.line = h("div", { class: "marker", hidden: true });
    const press = () => actions.insertAt(this.offered);
    const attributes = { type: "button", class: "inserter", onclick: press };
    this.button = h("button", attributes, icon("plus"));
    this.offered = null;
    this.dragging = false;
    this.button.addEventListener("focus", () => {
      if (this.button.matches(":focus-visible")) this.#offer(this.#selected());
    });
    this.button.addEventListener("pointerdown", (event) => event.stopPropagation());
    this.button.addEventListener("blur", () => this.follow(null));
  }

  /** Offer the gap between rows nearest to the pointer; none for null. */
  follow(clientY) {
    const { order } = this.stack;
    const away = clientY === null || this.dragging || order.length === 0;
    if (away && this.button.matches(":focus-visible")) return;
    this.button.classList.toggle("offered", !away);
    if (!away) this.#offer(this.nearest(clientY));
  }

  /** The id of the row above the gap nearest to a height on the screen; null above the first. */
  nearest(clientY) {
    let after = null;
    for (const id of this.stack.order) {
      const box = this.stack.row(id).element.getBoundingClientRect();
      if (clientY < box.top + box.height / 2) break;
      after = id;
    }
    return after;
  }

  /** Show the place chosen for the next block (`{after}`), or none for null. */
  update(insertion) {
    setAttribute(this.button, "aria-label", this.#label(this.#selected()));
    if (this.dragging) return;
    this.line.hidden = insertion === null;
    if (insertion === null) return;
    this.#place(this.line, insertion.after);
  }

  /** Show where what is being dragged would go; undefined for nowhere. */
  drag(after) {
    this.dragging = true;
    this.line.hidden = after === undefined;
    if (after !== undefined) this.#place(this.line, after);
  }

  endDrag(insertion) {
    this.dragging = false;
    this.update(insertion);
  }

  #offer(after) {
    this.offered = after;
    const label = this.#label(after);
    setAttribute(this.button, "aria-label", label);
    setAttribute(this.button, "title", label);
    this.#place(this.button, after, 11); // whole, also above the first row
  }

  #selected() {
    const { order, view } = this.stack;
    return order.includes(view.selection) ? view.selection : (order.at(-1) ?? null);
  }

  #label(after) {
    const node = this.stack.row(after)?.node;
    return node ? `Insert a block after ${node.name || node.id}` : "Insert a block at the top";
  }

  #place(element, after, least = 0) {
    element.style.top = `${Math.max(this.stack.bottom(after), least)}px`;
  }
}
