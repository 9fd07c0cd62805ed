import { h, iconButton, setAttribute, setText } from "../../shared/dom.js";
import { walkAlong } from "../../shared/roving.js";

/**
 * What can be done with a row, as a bar of small buttons over its middle. One bar follows the
 * selected row and one the pointer; options of a listbox may not contain buttons.
 */
export class RowToolbar {
  /**
   * @param {object} actions called with the row's id: duplicate, repeat (and by how much), move
   *   (and by how many places), remove
   * @param {boolean} reachable by the Tab key
   */
  constructor(actions, reachable) {
    const button = (name, label, act) => {
      const press = () => this.row && this.#allowed(name) && act(this.row.id);
      return iconButton(name, label, press, { tabindex: "-1", "data-action": name });
    };
    this.times = h("span", { class: "times-now", "aria-hidden": "true" });
    const bar = [
      button("duplicate", "Duplicate", (id) => actions.duplicate(id)),
      h("span", { class: "rule" }),
      button("minus", "Repeat one time less", (id) => actions.repeat(id, -1)),
      this.times,
      button("plus", "Repeat one time more", (id) => actions.repeat(id, 1)),
      h("span", { class: "rule" }),
      button("up", "Move up", (id) => actions.move(id, -1)),
      button("down", "Move down", (id) => actions.move(id, 1)),
      button("remove", "Remove", (id) => actions.remove(id)),
    ];
    this.element = h("div", { class: "row-toolbar", role: "toolbar", hidden: true }, ...bar);
    this.buttons = [...this.element.querySelectorAll("button")];
    if (reachable) this.buttons[0].tabIndex = 0;
    else this.element.classList.add("passing");
    this.element.addEventListener("keydown", (event) => this.#walk(event, actions));
    // A press leaves the keyboard where it is.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Show for a row, `at` its place of `count`; hide for null. */
  show(row, at = 0, count = 0) {
    if (row && row !== this.row) this.#settle();
    this.row = row;
    this.at = at;
    this.count = count;
    if (!row) {
      this.element.hidden = true;
      return;
    }
    this.element.hidden = false;
    this.element.style.top = `${row.element.offsetTop}px`;
    const name = row.node.name || row.id;
    setAttribute(this.element, "aria-label", name);
    setText(this.times, `×${row.node.repeat}`);
    for (const button of this.buttons) {
      // Not `disabled`: that would take the focus from a button in use.
      setAttribute(button, "aria-disabled", !this.#allowed(button.dataset.action));
    }
  }

  /** Restart the style sheet's moment of grace, in which a press goes to the row below. */
  #settle() {
    for (const animation of this.element.getAnimations()) {
      animation.cancel();
      animation.play();
    }
  }

  #allowed(action) {
    if (action === "minus") return this.row.node.repeat > 1;
    if (action === "up") return this.at > 0;
    if (action === "down") return this.at < this.count - 1;
    return true;
  }

  #walk(event, actions) {
    if (event.key === "Escape") actions.leaveToolbar();
    else if (!walkAlong(event, this.buttons)) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
