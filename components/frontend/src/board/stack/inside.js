import { grouped, h, icon, inSI, setAttribute, setText } from "../../shared/dom.js";

/** What is inside of a row: quiet rows below it, which can be read and unfolded but not edited. */
export class Inside {
  #parts = new Map();
  #shown = "";

  constructor(owner) {
    this.owner = owner;
    this.element = h("div", { class: "inside", role: "group" });
  }

  /**
   * @param {string} name of the row that they are inside of
   * @param {object[]} parts as the server describes them, each before its own
   * @param {Set<string>} open the keys that are unfolded
   */
  update(name, parts, open) {
    const shown = JSON.stringify([name, parts, parts.map(({ key }) => open.has(key))]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    setAttribute(this.element, "aria-label", `Inside of ${name}`);
    const elements = visible(parts, open).map((part) => this.#draw(part, open));
    const kept = new Set(elements);
    for (const [key, { element }] of this.#parts) {
      if (kept.has(element)) continue;
      element.remove();
      this.#parts.delete(key);
    }
    let at = this.element.firstElementChild;
    for (const element of elements) {
      if (element === at) at = at.nextElementSibling;
      else this.element.insertBefore(element, at);
    }
  }

  #draw(part, open) {
    if (!this.#parts.has(part.key)) this.#parts.set(part.key, new PartRow(part.key, this.owner));
    const row = this.#parts.get(part.key);
    row.update(part, part.open === null ? null : open.has(part.key));
    return row.element;
  }
}

/** The parts without those that stand inside of a folded one. */
function visible(parts, open) {
  let folded = Infinity; // the depth of the folded part that we are in
  return parts.filter(({ key, depth, open: foldable }) => {
    if (depth > folded) return false;
    folded = foldable !== null && !open.has(key) ? depth : Infinity;
    return true;
  });
}

class PartRow {
  constructor(key, owner) {
    this.fold = foldMark();
    this.title = h("span", { class: "name" });
    this.parameters = h("span", { class: "parameters" });
    this.shape = h("span", { class: "shape number" });
    this.params = h("span", { class: "params number" });
    this.element = h(
      "div",
      { role: "treeitem", class: "part", tabindex: "-1", "data-part": key, "data-owner": owner },
      h("span", { class: "bar" }),
      h("span", { class: "who" }, this.fold, this.title, this.parameters),
      spoken("output"),
      this.shape,
      this.params,
      spoken("parameters"),
    );
  }

  update(part, open) {
    const { element } = this;
    element.dataset.category = part.category;
    element.style.setProperty("--depth", part.depth);
    setAttribute(element, "aria-level", part.depth + 2);
    setFold(element, this.fold, open);
    setText(this.title, part.title);
    setText(this.parameters, part.parameters);
    setAttribute(this.parameters, "title", part.parameters || null);
    setText(this.shape, part.shape);
    setText(this.params, grouped(part.params));
    const macs = part.macs ? `, ${inSI(part.macs)} MACs (${grouped(part.macs)})` : "";
    setAttribute(this.params, "title", `${grouped(part.params)} parameters${macs}`);
    this.params.classList.toggle("nothing", part.params === 0);
  }
}

/** The sign that something can be unfolded: pressed by the pointer, spoken by `aria-expanded`. */
export function foldMark() {
  return h("span", { class: "fold", "aria-hidden": "true" }, icon("chevron"));
}

/** @param {boolean | null} open null where there is nothing to unfold */
export function setFold(element, mark, open) {
  mark.hidden = open === null;
  setAttribute(element, "aria-expanded", open);
}

/** Words that only a screen reader says. */
function spoken(words) {
  return h("span", { class: "spoken" }, words);
}
