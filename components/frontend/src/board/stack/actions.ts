/**
 * What a person can do in palette and stack, turned into operations. No rule lives here: whether an
 * operation makes sense is for the server to say. A node may be spoken of as `#n` (see
 * `session/predict`) as long as the server hasn't told its id.
 */

import { toInspector } from "../../shared/inspect";
import { carry } from "../carry";
import type { Desk } from "../desk";
import { chosenIn } from "../session/session";
import {
  called,
  neighborOf,
  placeBehind,
  standsBehind,
  stepped,
  upTo,
  withOrWithout,
} from "./choice";
import type { ListCommands, PageCommands } from "./keys";

export class Actions implements ListCommands, PageCommands {
  #anchor: string | null = null; // where the selection of several began

  constructor(readonly desk: Desk) {}

  /** Adds at the chosen place, else behind the selected row, else at the end. */
  add(block: string): void {
    const { insertion, view } = this.desk;
    const last = view.rows.at(-1)?.id ?? null;
    this.addBehind(block, insertion ? insertion.after : (view.selection ?? last));
    if (!this.desk.shown.snapshot().dropped) return;
    this.desk.drop(false);
    this.desk.focusRow();
  }

  addBehind(block: string, after: string | null): void {
    this.desk.set({ insertion: null, said: `Added ${block}` });
    this.desk.push({ op: "add", block, after });
  }

  /** Selects one row, or nothing, and nothing else. */
  select(node: string | null): void {
    this.#anchor = node;
    const { selection, others } = this.desk.view;
    if (node !== selection || others.length > 0) this.#select(node, []);
  }

  /** Selects all rows from where the selection began up to this one. */
  extendTo(node: string): void {
    const { selection } = this.desk.view;
    const chosen = upTo(this.#ids, this.#anchor, node) ?? upTo(this.#ids, selection, node);
    if (chosen) this.#select(node, chosen);
    else this.select(node);
  }

  /** Adds a row to the selection, or takes it out. */
  toggle(node: string): void {
    const chosen = withOrWithout(chosenIn(this.desk.view), node);
    this.#anchor = chosen.at(-1) ?? null;
    this.#select(this.#anchor, chosen);
  }

  selectAll = (): void => {
    const ids = this.#ids;
    if (ids.length > 0) this.#select(this.desk.view.selection ?? ids[0]!, ids);
  };

  /** Asks for a block made of what is selected. */
  group = (): boolean => {
    const { selection, others } = this.desk.view;
    if (selection !== null) this.desk.push({ op: "group", node: selection, others });
    return selection !== null;
  };

  /** Shows what is inside of a node or part, or hides it. */
  unfold(key: string): void {
    this.desk.session.fold(key);
  }

  duplicate = (node = this.desk.view.selection): boolean => {
    if (node === null) return false;
    if (this.#several(node)) this.desk.tell("Select one row to duplicate it");
    else {
      this.desk.announce(`Duplicated ${this.#name(node)}`);
      this.desk.push({ op: "duplicate", node });
    }
    return true;
  };

  /** Removes a row; where it was selected, its neighbor is. */
  remove = (node = this.desk.view.selection): boolean => {
    if (node === null) return false;
    const { selection, others: chosen } = this.desk.view;
    const others = node === selection ? chosen : [];
    const neighbor = neighborOf(this.#ids, [node, ...others], node);
    const what = others.length > 0 ? `${others.length + 1} blocks` : this.#name(node);
    this.desk.announce(`Removed ${what}`);
    if (node === selection) this.select(neighbor);
    this.desk.push(others.length > 0 ? { op: "remove", node, others } : { op: "remove", node });
    return true;
  };

  /** Moves a row by a number of places. */
  move(by: number, node = this.desk.view.selection): void {
    if (node === null) return;
    const after = placeBehind(this.#ids, node, by);
    if (this.#several(node)) this.desk.tell("Select one row to move it");
    else if (after !== undefined) this.moveBehind(node, after);
  }

  moveBehind(node: string, after: string | null): void {
    const { desk } = this;
    if (!this.#ids.includes(node) || standsBehind(this.#ids, node, after)) return;
    desk.push({ op: "move", node, after });
    const now = this.#ids.indexOf(node) + 1;
    desk.announce(`Moved ${this.#name(node)} to row ${now} of ${this.#ids.length}`);
    desk.lines?.reveal(node);
  }

  /** Repeats a row more or fewer times. */
  repeat(by: number, node = this.desk.view.selection): void {
    const row = this.desk.view.rows.find(({ id }) => id === node);
    const times = row ? row.repeat + by : 0;
    if (row && this.#several(row.id)) this.desk.tell("Select one row to repeat it");
    else if (row && times >= 1) {
      this.desk.announce(`${this.#name(row.id)}: repeated ${times} times`);
      this.desk.push({ op: "repeat", node: row.id, times });
    }
  }

  undo = (): void => {
    if (this.desk.session.may("undo")) this.desk.push({ op: "undo" });
  };

  redo = (): void => {
    if (this.desk.session.may("redo")) this.desk.push({ op: "redo" });
  };

  insert = (): void => this.desk.insertAt(this.desk.view.selection);

  /** Goes to the settings of the selected row. */
  inspect = (): boolean => {
    const row = this.desk.view.rows.find(({ id }) => id === this.desk.view.selection);
    if (row) toInspector(called(row), () => this.desk.focusRow());
    return row !== undefined;
  };

  say = (words: string): void => this.desk.tell(words);

  search = (): void => this.desk.openPalette();

  help = (): boolean => this.desk.help();

  close = (): boolean => {
    const { selection, others } = this.desk.view;
    if (this.desk.closeSomething()) return true;
    const { full } = this.desk.shown.snapshot();
    if (others.length > 0) this.select(selection);
    else if (full) this.desk.fill(false);
    return others.length > 0 || full;
  };

  /** Selects the row some places further. */
  go(places: number): void {
    const { desk } = this;
    const to = stepped(this.#ids, desk.view.selection, places);
    if (to === undefined) return;
    this.select(to);
    if (desk.lines?.focusedPart()) desk.lines.focus(to);
    desk.lines?.reveal(to);
  }

  /** Lets the selection reach one row further, up or down. */
  extend(places: number): void {
    const { selection } = this.desk.view;
    const to = this.#ids[this.#ids.indexOf(selection ?? "") + places];
    if (selection === null || to === undefined) return;
    this.extendTo(to);
    this.desk.lines?.reveal(to);
  }

  /** By one line: through rows, and through what is inside of them. */
  walk(places: number): void {
    const { lines, view } = this.desk;
    const inside = view.rows.some((row) => row.parts.length > 0 && view.open.includes(row.id));
    if (inside && lines?.focused()) lines.step(places);
    else this.go(places);
  }

  /** Right: unfolds, or goes in. Left: folds, or goes out. Whether there was something to do. */
  fold(unfold: boolean): boolean {
    const { lines } = this.desk;
    const line = lines?.focused();
    if (!lines || !line) return false;
    const { part, nodeId } = line.dataset;
    if (line.ariaExpanded === String(!unfold)) this.unfold(part ?? nodeId!);
    else if (unfold && line.ariaExpanded === "true") lines.step(1);
    else if (!unfold && part !== undefined) lines.goOut();
    else return false;
    return true;
  }

  carryRow(press: PointerEvent, node: string): void {
    const row = this.desk.view.rows.find(({ id }) => id === node);
    if (!row || press.pointerType === "touch") return; // a finger scrolls the list
    const { category } = row;
    carry(press, { label: called(row), category, block: null, node }, () => this.desk.drop(false));
  }

  carryBlock(press: PointerEvent, block: string, category: string): void {
    carry(press, { label: block, category, block, node: null }, () => this.desk.drop(false));
  }

  get #ids(): string[] {
    return this.desk.view.rows.map((row) => row.id);
  }

  /** Whether a row is the one of several that are selected together. */
  #several(node: string): boolean {
    return node === this.desk.view.selection && this.desk.view.others.length > 0;
  }

  #select(node: string | null, chosen: string[]): void {
    const others = chosen.filter((id) => id !== node);
    this.desk.set({ hint: "" });
    this.desk.push(others.length > 0 ? { op: "select", node, others } : { op: "select", node });
    if (others.length > 0) this.desk.announce(`${others.length + 1} blocks selected`);
  }

  #name(id: string): string {
    const row = this.desk.view.rows.find((each) => each.id === id);
    return row ? called(row) : "the new block";
  }
}
