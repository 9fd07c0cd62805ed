import { toggled } from "../session/folds.js";

/**
 * What a person can do, turned into operations. No rule lives here: whether an operation makes
 * sense is for the server to say. A node may be spoken of as `#n` (see `predict.js`) as long as the
 * server hasn't told its id.
 */
export class Actions {
  constructor(editor) {
    this.editor = editor;
  }

  /** Add at the chosen place, else after the selected row, else at the end. */
  add(block) {
    const { editor } = this;
    const place = editor.insertion ?? { after: editor.selected ?? editor.rows.at(-1)?.id ?? null };
    this.addAfter(block, place.after);
    editor.added();
  }

  addAfter(block, after) {
    this.editor.insertion = null;
    this.editor.announce(`Added ${block}`);
    this.#push({ op: "add", block, after });
  }

  /** Select one row, or nothing, and nothing else. */
  select(node) {
    this.anchor = node;
    if (node !== this.editor.selected || this.editor.others.length) this.#select(node, []);
  }

  /** Select all rows from where the selection began up to this one. */
  extendTo(node) {
    const ids = this.editor.rows.map((row) => row.id);
    const anchor = ids.includes(this.anchor) ? this.anchor : this.editor.selected;
    const from = ids.indexOf(anchor);
    if (from < 0) return this.select(node);
    const [low, high] = [from, ids.indexOf(node)].sort((a, b) => a - b);
    this.#select(node, ids.slice(low, high + 1));
  }

  /** Add a row to the selection, or take it out. */
  toggle(node) {
    const { selected, others } = this.editor;
    const chosen = selected === null ? [] : [...others, selected];
    const rest = chosen.filter((id) => id !== node);
    if (rest.length === chosen.length) rest.push(node);
    this.anchor = rest.at(-1) ?? null;
    this.#select(this.anchor, rest);
  }

  selectAll() {
    const { rows, selected } = this.editor;
    const all = rows.map((row) => row.id);
    if (all.length) this.#select(selected ?? all[0], all);
  }

  /** Ask for a block made of what is selected. */
  group() {
    const { selected, others } = this.editor;
    if (selected === null) return false;
    this.#push({ op: "group", node: selected, others });
  }

  #select(node, chosen) {
    const others = chosen.filter((id) => id !== node);
    this.#push(others.length ? { op: "select", node, others } : { op: "select", node });
    if (others.length) this.editor.announce(`${others.length + 1} blocks selected`);
  }

  /** Show what is inside of a node or part, or hide it. */
  fold(key) {
    this.#push({ op: "open", parts: toggled(this.editor.open, key) });
  }

  duplicate(node) {
    if (node === null) return false;
    if (this.#several(node)) return this.editor.refuse("Select one row to duplicate it");
    this.editor.announce(`Duplicated ${this.#name(node)}`);
    this.#push({ op: "duplicate", node });
  }

  /** Remove; where it was selected, its neighbor is. */
  remove(node) {
    if (node === null) return false;
    const { rows, selected } = this.editor;
    const others = node === selected ? this.editor.others : [];
    const at = rows.findIndex((row) => row.id === node);
    const stays = (row) => row.id !== node && !others.includes(row.id);
    const neighbor = rows.slice(Math.max(at, 0)).find(stays) ?? rows.findLast(stays);
    const what = others.length ? `${others.length + 1} blocks` : this.#name(node);
    this.editor.announce(`Removed ${what}`);
    if (node === selected) this.select(neighbor?.id ?? null);
    this.#push(others.length ? { op: "remove", node, others } : { op: "remove", node });
  }

  /** Move by a number of places. */
  move(node, by) {
    const { rows } = this.editor;
    if (this.#several(node)) return this.editor.refuse("Select one row to move it");
    const at = rows.findIndex((row) => row.id === node);
    const to = at + by;
    if (at < 0 || to < 0 || to >= rows.length) return;
    this.moveAfter(node, rows.filter((row) => row.id !== node)[to - 1]?.id ?? null);
  }

  moveAfter(node, after) {
    const { rows } = this.editor;
    const at = rows.findIndex((row) => row.id === node);
    if (at < 0 || after === node || (rows[at - 1]?.id ?? null) === after) return;
    this.#push({ op: "move", node, after });
    const now = this.editor.rows.findIndex((row) => row.id === node) + 1;
    this.editor.announce(`Moved ${this.#name(node)} to row ${now} of ${rows.length}`);
    this.editor.stack.reveal(node);
  }

  /** Repeat more or fewer times. */
  repeat(node, by) {
    if (this.#several(node)) return this.editor.refuse("Select one row to repeat it");
    const row = this.editor.rows.find(({ id }) => id === node);
    const times = row ? row.repeat + by : 0;
    if (times < 1) return;
    this.editor.announce(`${this.#name(node)}: repeated ${times} times`);
    this.#push({ op: "repeat", node, times });
  }

  undo() {
    if (this.editor.may("undo")) this.#push({ op: "undo" });
  }

  redo() {
    if (this.editor.may("redo")) this.#push({ op: "redo" });
  }

  /** The next block goes after this row (null: on top); ask for it. */
  insertAt(after) {
    this.editor.insertion = { after };
    this.editor.render();
    this.editor.openPalette();
  }

  leaveToolbar() {
    this.editor.stack.focus();
  }

  leavePalette() {
    this.editor.closeSomething();
    this.editor.stack.focus();
  }

  dragRow(event, node) {
    const drop = (after) => this.moveAfter(node.id, after);
    const { rows } = this.editor;
    const at = rows.findIndex((row) => row.id === node.id);
    const here = [node.id, rows[at - 1]?.id ?? null]; // where letting go changes nothing
    this.editor.drag(event, { label: node.name || node.id, category: node.category, here, drop });
  }

  dragBlock(event, block, category) {
    const drop = (after) => this.addAfter(block, after);
    this.editor.drag(event, { label: block, category, here: [], drop, block });
  }

  /** Whether a row is the one of several that are selected together. */
  #several(node) {
    return node === this.editor.selected && this.editor.others.length > 0;
  }

  #push(operation) {
    this.editor.log.push(operation);
  }

  #name(id) {
    const row = this.editor.rows.find((each) => each.id === id);
    return row ? row.name || row.id : "the new block";
  }
}
