import { h, icon, setAttribute } from "../../shared/dom.js";
import { search } from "../../shared/search.js";
import { historyKeys } from "./keys.js";

/** The blocks to choose from: by category, or the hits of a search, best first. */
const closed = new Set(); // for as long as the page is loaded

export class Palette {
  #closed = closed;
  #shown = "";
  #left = ""; // what Enter or Escape left in the field; null once a person has typed since

  /** @param {object} actions add(block), dragBlock(…), leavePalette(), undo(), redo() */
  constructor(actions) {
    this.actions = actions;
    this.categories = [];
    this.input = h("input", {
      type: "text",
      class: "search-field",
      placeholder: "Search blocks",
      "aria-label": "Search blocks; Enter adds the first hit",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => {
        this.#left = null;
        this.#draw();
      },
      onkeydown: (event) => this.#type(event),
    });
    this.hint = h("kbd", { "aria-hidden": "true" }, "/");
    this.field = h("div", { class: "search" }, icon("search"), this.input, this.hint);
    this.list = h("div", { class: "blocks" });
    this.element = h("section", { class: "palette", "aria-label": "Palette" });
    this.element.append(this.field, this.list);
    this.list.addEventListener("keydown", (event) => this.#walk(event));
    this.list.addEventListener("focusin", (event) => this.#rove(event.target));
  }

  /** @param {string} purpose what the search field says while it is empty */
  update(categories, purpose) {
    setAttribute(this.input, "placeholder", purpose);
    if (JSON.stringify(categories) === JSON.stringify(this.categories)) return;
    this.categories = categories;
    this.#draw(true);
  }

  focus() {
    this.input.focus({ preventScroll: true });
    this.input.select();
  }

  #draw(anew = false) {
    const query = this.input.value.trim();
    if (!anew && query === this.#shown) return;
    this.#shown = query;
    this.hint.textContent = query ? "↵" : "/";
    this.list.replaceChildren(...(query ? this.#hits(query) : this.#groups()));
    if (query) this.list.scrollTop = 0;
    this.#rove(this.#stops()[0]);
  }

  #groups() {
    return this.categories.map(({ category, label, blocks }) => {
      const open = !this.#closed.has(category);
      const list = h("div", { class: "group", hidden: !open });
      list.append(...blocks.map((block) => this.#item(block, category)));
      const head = h(
        "button",
        { type: "button", class: "category", "aria-expanded": String(open) },
        icon("chevron"),
        h("span", { class: "tick" }),
        h("span", { class: "label" }, label),
        h("span", { class: "count" }, String(blocks.length)),
      );
      head.addEventListener("click", () => this.#fold(category, list, head));
      const attributes = { role: "group", "aria-label": label, "data-category": category };
      return h("div", attributes, head, list);
    });
  }

  #hits(query) {
    const all = this.categories.flatMap(({ category, blocks }) =>
      blocks.map((block) => ({ ...block, category })),
    );
    const hits = search(query, all);
    if (hits.length === 0) {
      return [h("p", { class: "nothing-found" }, `No block fits “${query}”.`)];
    }
    return hits.map(({ block, marks }, i) => {
      const item = this.#item(block, block.category, marks);
      item.classList.toggle("first", i === 0);
      return item;
    });
  }

  #item({ block, summary }, category, marks = []) {
    const letters = [...block].map((letter, i) =>
      marks.includes(i) ? h("b", {}, letter) : letter,
    );
    return h(
      "button",
      {
        type: "button",
        class: "block-item",
        title: summary,
        "data-block": block,
        "data-category": category,
        tabindex: "-1",
        onclick: () => this.actions.add(block),
        onpointerdown: (event) => this.actions.dragBlock(event, block, category),
      },
      h("span", { class: "tick" }),
      h("span", { class: "label" }, ...letters),
    );
  }

  #fold(category, list, head) {
    const open = this.#closed.delete(category);
    if (!open) this.#closed.add(category);
    list.hidden = !open;
    setAttribute(head, "aria-expanded", open);
  }

  #type(event) {
    if (this.#left !== null && historyKeys(event, this.actions)) {
      event.preventDefault(); // there is no typing that could be taken back instead
    } else if (event.key === "Enter") {
      const first = this.input.value.trim() && this.list.querySelector(".block-item");
      if (first) {
        this.actions.add(first.dataset.block);
        this.#left = this.input.value;
      }
      this.input.select();
    } else if (event.key === "ArrowDown") {
      this.#stops()[0]?.focus();
      event.preventDefault();
    } else if (event.key === "Escape") {
      if (this.input.value) {
        this.#left = this.input.value = "";
        this.#draw();
      } else this.actions.leavePalette();
    }
  }

  /** The buttons that the arrow keys walk through. */
  #stops() {
    const buttons = [...this.list.querySelectorAll("button")];
    return buttons.filter((button) => !button.closest("[hidden]"));
  }

  /** One stop for the Tab key. */
  #rove(stop) {
    for (const button of this.list.querySelectorAll("button")) {
      button.tabIndex = button === stop ? 0 : -1;
    }
  }

  #walk(event) {
    const stops = this.#stops();
    const at = stops.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    const expanded = event.target.getAttribute("aria-expanded");
    const fold = { ArrowLeft: "true", ArrowRight: "false" }[event.key];
    if (to === -1) this.input.focus();
    else if (to !== undefined) stops[Math.min(to, stops.length - 1)].focus();
    else if (fold && expanded === fold) event.target.click();
    else if (event.key === "Escape") this.actions.leavePalette();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
