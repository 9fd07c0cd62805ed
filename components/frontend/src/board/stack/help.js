import { h, iconButton } from "../../shared/dom.js";

const KEYS = [
  ["/", "search the palette; Enter adds the first hit"],
  ["↑ ↓", "select the row above or below"],
  ["→ ←", "show or hide the layers inside of it"],
  ["Shift ↑ ↓", "select several rows; also Shift or Ctrl with a click"],
  ["Ctrl A", "select all rows"],
  ["Ctrl G", "make a block of the selected rows"],
  ["Home End", "select the first or last row"],
  ["Enter", "add a block after the selected row"],
  ["E", "go to its settings; Esc comes back"],
  ["Alt ↑ ↓", "move the selected row"],
  ["Ctrl C X V", "copy, cut, paste: also into another network or tab"],
  ["Ctrl D", "duplicate it"],
  ["+ −", "repeat it one time more or less"],
  ["Delete", "remove it"],
  ["Ctrl Z", "undo"],
  ["Ctrl Shift Z", "redo, also Ctrl Y"],
  ["Esc", "close, or give up a drag"],
  ["?", "this list"],
];

/** The list of keys, over the stack. */
export class Help {
  constructor() {
    const mac = /Mac|iPhone|iPad/.test(navigator.platform);
    const named = (key) => (mac ? ({ Ctrl: "⌘", Alt: "⌥", Shift: "⇧" }[key] ?? key) : key);
    const lines = KEYS.flatMap(([keys, what]) => [
      h("dt", {}, ...keys.split(" ").map((key) => h("kbd", {}, named(key)))),
      h("dd", {}, what),
    ]);
    const close = iconButton("close", "Close", () => this.toggle(false));
    const attributes = { class: "help", role: "dialog", "aria-label": "Keys", hidden: true };
    this.element = h(
      "div",
      { ...attributes, tabindex: "-1" },
      h("div", { class: "help-head" }, h("span", { class: "title" }, "Keys"), close),
      h("dl", {}, ...lines),
    );
    this.element.addEventListener("focusout", (event) => {
      if (this.open && !this.element.contains(event.relatedTarget)) this.toggle(false, false);
    });
  }

  get open() {
    return !this.element.hidden;
  }

  /** Show or hide; `back` gives the keyboard back to where it was. */
  toggle(open = !this.open, back = true) {
    if (open === this.open) return;
    if (open) this.before = this.element.getRootNode().activeElement;
    this.element.hidden = !open;
    if (open) this.element.focus({ preventScroll: true });
    else if (back) this.before?.focus({ preventScroll: true });
  }
}
