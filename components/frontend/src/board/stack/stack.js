import { grouped, h, icon, setAttribute, setText } from "../../shared/dom.js";
import { Gutter } from "./gutter.js";
import { Inside } from "./inside.js";
import { Marker } from "./marker.js";
import { Row } from "./row.js";
import { RowToolbar } from "./toolbar.js";

/** The rows of the architecture: a tree, and over it what follows the pointer. */
export class Stack {
  #rows = new Map();
  #insides = new Map(); // only of rows that are unfolded
  #quiet = false; // focus is being put back, not moved by the person

  /** @param {object} actions what a person can do; see `actions.js` */
  constructor(actions) {
    this.actions = actions;
    this.order = [];
    this.hovered = null;
    this.list = h("div", { class: "list", role: "tree", "aria-label": "Stack of blocks" });
    setAttribute(this.list, "aria-multiselectable", true);
    this.gutter = new Gutter();
    this.marker = new Marker(actions, this);
    this.toolbar = new RowToolbar(actions, true);
    this.hoverBar = new RowToolbar(actions, false);
    this.content = h(
      "div",
      { class: "content" },
      this.gutter.element,
      this.list,
      this.marker.line,
      this.toolbar.element,
      this.marker.button,
      this.hoverBar.element,
    );
    this.empty = h("p", { class: "empty" }, ...emptyWords(actions));
    this.begin = h("p", { class: "empty begin" }, ...BEGIN);
    this.scroller = h("div", { class: "scroller" }, this.content, this.begin, this.empty);
    this.heads = h("div", { class: "heads", "aria-hidden": "true" });
    this.heads.append(
      ...["Name", "Block", "Output", "Params"].map((word) => h("span", { class: word }, word)),
    );
    this.element = h("div", { class: "rows" }, this.heads, this.scroller);
    this.#listen();
  }

  /** Draw `view`: rows, selection, open, inside, links, unusual inputs, insertion. */
  update(view) {
    const before = this.focusedRow() ?? this.focusedPart()?.owner ?? null;
    const line = this.focusedLine();
    const inBar = this.toolbar.element.contains(this.#active());
    this.view = view;
    this.order = view.rows.map((row) => row.id);
    this.#fill(view);
    this.#arrange();
    this.list.hidden = view.rows.length === 0;
    this.heads.hidden = view.rows.length === 0;
    this.empty.hidden = view.rows.length > 0;
    this.begin.hidden = !view.rows.length || view.rows.some(({ category }) => category !== "io");
    this.layout();
    if (inBar && this.toolbar.element.hidden) this.focus();
    else if (!line?.matches(".part") || !line.isConnected) this.#keepFocus(before);
  }

  /** Place everything that is laid over the rows; also needed when widths change. */
  layout() {
    const { links, rows, selection } = this.view;
    const width = this.gutter.plan(links, rows);
    this.element.style.setProperty("--gutter", `${width}px`);
    const tops = new Map(this.order.map((id) => [id, this.#rows.get(id).element.offsetTop]));
    this.gutter.draw((id) => tops.get(id), this.list.offsetHeight, selection);
    this.#placeBars();
    this.marker.update(this.view.insertion);
  }

  row(id) {
    return this.#rows.get(id) ?? null;
  }

  /** The row that has the keyboard, or null. */
  focusedRow() {
    return this.#active()?.closest(".row")?.dataset.nodeId ?? null;
  }

  /** The part that has the keyboard, as `{key, owner}`, or null. */
  focusedPart() {
    const part = this.#active()?.closest(".part");
    return part ? { key: part.dataset.part, owner: part.dataset.owner } : null;
  }

  /** Where a row ends, with what is shown inside of it. */
  bottom(id) {
    const last = this.#insides.get(id)?.element ?? this.#rows.get(id)?.element;
    return last ? last.offsetTop + last.offsetHeight : 0;
  }

  /** Go by one line, up or down, through rows and what is inside of them. */
  step(by) {
    const lines = [...this.list.querySelectorAll(".row, .part")];
    const line = lines[lines.indexOf(this.focusedLine()) + by];
    this.#go(line);
  }

  /** From a part to what it is inside of. */
  goOut() {
    const part = this.focusedLine();
    const level = (line) => Number(line.getAttribute("aria-level"));
    const lines = [...this.list.querySelectorAll(".row, .part")];
    const above = lines.slice(0, lines.indexOf(part)).reverse();
    this.#go(above.find((line) => level(line) < level(part)));
  }

  #go(line) {
    line?.focus({ preventScroll: true });
    this.#reveal(line);
  }

  /** The element of the row or part that has the keyboard, or null. */
  focusedLine() {
    return this.#active()?.closest(".row, .part") ?? null;
  }

  #active() {
    return this.element.getRootNode().activeElement ?? null;
  }

  /** Focus a row (the selected one, otherwise the first), without selecting it again. */
  focus(id = this.view.selection) {
    const row = this.row(id) ?? this.row(this.order[0]);
    this.#quiet = true;
    row?.element.focus({ preventScroll: true });
    this.#quiet = false;
  }

  /** Scroll just as far as needed to see a row; the page itself stays where it is. */
  reveal(id) {
    this.#reveal(this.row(id)?.element);
  }

  #reveal(line) {
    if (!line) return;
    const { scrollTop, clientHeight } = this.scroller;
    const top = line.offsetTop - 6;
    const bottom = line.offsetTop + line.offsetHeight + 6;
    if (top < scrollTop) this.scroller.scrollTop = Math.max(0, top);
    else if (bottom > scrollTop + clientHeight) this.scroller.scrollTop = bottom - clientHeight;
  }

  #fill({ rows, unusual, selection, others, open, inside }) {
    const also = new Set(others);
    const names = new Map(rows.map((row) => [row.id, row.name || row.id]));
    const heaviest = Math.max(0, ...rows.map((row) => row.params));
    const tabbable = names.has(selection) ? selection : this.order[0];
    const opened = new Set(open);
    for (const node of rows) {
      if (!this.#rows.has(node.id)) this.#rows.set(node.id, new Row(node));
      const row = this.#rows.get(node.id);
      const inputs = unusual.get(node.id)?.map((id) => names.get(id) ?? id) ?? null;
      row.update(node, { inputs, heaviest });
      row.select(node.id === selection || also.has(node.id), node.id === tabbable);
      row.unfold(opened.has(node.id));
      this.#unfold(node, opened, inside?.[node.id]);
    }
    for (const [id, row] of this.#rows) {
      if (names.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
      this.#fold(id);
    }
  }

  /** Show what is inside of a row where it is open and known; else nothing. */
  #unfold(node, opened, parts) {
    if (!parts || !opened.has(node.id)) return this.#fold(node.id);
    if (!this.#insides.has(node.id)) this.#insides.set(node.id, new Inside(node.id));
    this.#insides.get(node.id).update(node.name || node.id, parts, opened);
  }

  #fold(id) {
    this.#insides.get(id)?.element.remove();
    this.#insides.delete(id);
  }

  /** Bring the elements into the order of the rows, touching only those out of place. */
  #arrange() {
    let at = this.list.firstElementChild;
    const lines = this.order.flatMap((id) => [this.#rows.get(id), this.#insides.get(id) ?? []]);
    for (const { element } of lines.flat()) {
      if (element === at) at = at.nextElementSibling;
      else if (element.isConnected && this.list.moveBefore) this.list.moveBefore(element, at);
      else this.list.insertBefore(element, at);
    }
  }

  /** The keyboard stays on the selected row, also where the row that had it is gone. */
  #keepFocus(before) {
    if (before === null) return;
    const { selection } = this.view;
    const wanted = this.row(selection) ? selection : before;
    if (this.focusedRow() !== wanted) this.focus(wanted);
  }

  #placeBars() {
    const show = (bar, id) => bar.show(this.row(id), this.order.indexOf(id), this.order.length);
    const { selection } = this.view;
    show(this.toolbar, selection);
    show(this.hoverBar, this.hovered === selection ? null : this.hovered);
    for (const [id, row] of this.#rows) row.element.classList.toggle("hover", id === this.hovered);
  }

  #hover(id) {
    if (this.hovered === id) return;
    this.hovered = id;
    this.#placeBars();
  }

  #listen() {
    const idOf = (event) => event.target.closest?.(".row")?.dataset.nodeId ?? null;
    const ownerOf = (event) => event.target.closest?.(".part")?.dataset.owner ?? idOf(event);
    const foldOf = (event) => event.target.closest?.(".fold")?.closest(".row, .part") ?? null;
    this.list.addEventListener("focusin", (event) => {
      if (!this.#quiet) this.actions.select(ownerOf(event));
    });
    this.list.addEventListener("click", (event) => {
      const line = foldOf(event);
      const owner = ownerOf(event);
      if (line) this.actions.fold(line.dataset.part ?? line.dataset.nodeId);
      else if (owner && event.shiftKey) this.actions.extendTo(owner);
      else if (owner && several(event)) this.actions.toggle(owner);
      else this.actions.select(owner);
    });
    this.list.addEventListener("mousedown", (event) => {
      if (foldOf(event) || several(event)) event.preventDefault(); // the keyboard stays
    });
    this.list.addEventListener("pointerdown", (event) => {
      if (foldOf(event) || several(event)) return;
      const row = this.row(idOf(event));
      if (row) this.actions.dragRow(event, row.node);
    });
    // A press on the ground, not one that ends there because a bar came under the pointer.
    this.scroller.addEventListener("pointerdown", (event) => {
      const grounds = [this.scroller, this.content, this.list];
      if (event.button === 0 && grounds.includes(event.target)) this.actions.select(null);
    });
    this.scroller.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      const bar = event.target.closest(".row-toolbar");
      if (bar === null) this.#hover(idOf(event));
      this.marker.follow(event.target.closest(".row, .part, .inserter") ? event.clientY : null);
    });
    const leave = () => {
      this.#hover(null);
      this.marker.follow(null);
    };
    this.scroller.addEventListener("pointerleave", leave);
    this.scroller.addEventListener("scroll", leave);
  }
}

/** Whether a click adds to the selection. */
function several(event) {
  return event.shiftKey || event.ctrlKey || event.metaKey;
}

/** What is said below an Input that nothing stands behind yet. */
const BEGIN = [
  "Now the layers: press one on the left to add it here, or ",
  h("kbd", {}, "/"),
  " and its name. Or begin with one of the Templates above.",
];

/** "Add an Input block to begin, or open a template.", its first words being a button. */
function emptyWords(actions) {
  const add = h("button", { type: "button", class: "link", onclick: () => actions.add("Input") });
  add.textContent = "Add an Input block";
  return [add, " to begin, or open a template."];
}

/** The line over the stack: how much there is, whether it is saved, undo, redo, keys. */
export class StackBar {
  constructor(buttons, group) {
    this.group = h("button", { type: "button", class: "link group", hidden: true, onclick: group });
    setAttribute(this.group, "aria-keyshortcuts", "Control+G");
    this.why = h("span", { class: "why", "aria-hidden": "true" });
    this.count = h("span", { class: "count" });
    this.dot = h("span", { class: "dot" });
    this.sign = icon("offline");
    this.words = h("span", { class: "words" });
    this.status = h("span", { class: "status", role: "status" }, this.dot, this.sign, this.words);
    this.element = h(
      "div",
      { class: "stack-bar" },
      h("span", { class: "title" }, "Stack"),
      this.count,
      this.group,
      this.why,
      this.status,
      ...buttons,
    );
  }

  update(rows, others) {
    this.group.hidden = others === 0;
    if (others === 0) setText(this.why, "");
    setText(this.group, `Make a block of ${others + 1}`);
    const blocks = rows.reduce((sum, row) => sum + row.repeat, 0);
    setText(this.count, rows.length ? `${grouped(blocks)} block${blocks === 1 ? "" : "s"}` : "");
    setAttribute(
      this.count,
      "title",
      blocks === rows.length ? null : `${rows.length} rows, repeats counted`,
    );
  }

  /** Show why something was not done with several rows, for as long as these are selected. */
  hint(words) {
    setText(this.why, words);
  }

  /** @param {"" | "saving" | "offline"} state */
  say(state) {
    this.status.dataset.state = state;
    const words = { saving: "Saving…", offline: "Offline: edits wait" }[state] ?? "";
    setText(this.words, words);
    const why = "No connection to the server. Your edits are kept and sent when it is back.";
    setAttribute(this.status, "title", state === "offline" ? why : null);
  }
}
