/** The table of runs. Python gives every text; here it is laid out and what is clicked is told. */

import type { RunsTableData } from "../../generated/tables";
import { isModified, make, setText } from "../../kit/dom";
import { adopt, type Component, mountOf, type Place } from "../../kit/streamlit";
import { Drawings, type Kept } from "../drawings";
import { Heads } from "../heads";
import { RowList } from "../rowList";
import { nextSort, type Sort } from "../sorting";
import shared from "../tables.css?inline";
import { isStudy, shownRows, sortedRuns, wordsOf } from "./listing";
import { COLUMNS, fill } from "./row";
import styles from "./runs.css?inline";

interface Own {
  ticked: readonly string[]; // also before Python knows
  sent: readonly string[] | null; // not answered yet
  sort: Sort | null;
  filter: string;
  unfolded: Set<string>;
}

const kept: Kept<Own> = new Map();
const HEADS = COLUMNS.map(({ label, kind, by }) => ({
  key: by ?? kind,
  label,
  kind,
  sorts: by !== undefined,
}));

class RunsTable {
  #drawings = new Drawings<RunsTableData, Own>(kept, () => ({
    ticked: [],
    sent: null,
    sort: null,
    filter: "",
    unfolded: new Set(),
  }));
  #rows = new RowList("data-run");
  #heads = new Heads((key) => this.#sort(key));
  #filter = make("input", {
    type: "search",
    placeholder: "Filter by name, data, state, settings, note or #tag",
    "aria-label": "Filter runs",
  });
  #found = make("span", { role: "status" });

  constructor(parent: Place) {
    adopt(parent, shared + styles);
    const head = make("thead", {}, this.#heads.row);
    const table = make("table", { class: "runs", "aria-label": "Runs" }, head, this.#rows.body);
    parent.append(make("div", { class: "search" }, this.#filter, this.#found), table);
    this.#rows.body.addEventListener("click", (event) => this.#onClick(event));
    this.#filter.addEventListener("input", () => this.#search(this.#filter.value));
  }

  update(component: Component<Uint8Array>): void {
    if (!this.#drawings.take(component)) return;
    const { data, own } = this.#drawings;
    const ids = new Set(data.rows.map((row) => row.id));
    // What was ticked a moment ago stays until Python has answered it.
    const sent = own.sent?.filter((id) => ids.has(id));
    if (!sent || isSame(sent, data.ticked)) {
      own.ticked = [...data.ticked];
      own.sent = null;
    }
    this.#rows.keep(ids);
    this.#draw();
  }

  #draw(): void {
    const { data, own } = this.#drawings;
    for (const [place, row] of sortedRuns(data.rows, own.sort).entries()) {
      this.#rows.put(row.id, place, JSON.stringify(row), (element) => fill(element, row));
    }
    this.#heads.draw(HEADS, own.sort);
    if (this.#filter.value !== own.filter) this.#filter.value = own.filter;
    this.#showFound();
    this.#showTicks();
  }

  #sort(by: string): void {
    const { own } = this.#drawings;
    const column = COLUMNS.find((one) => one.by === by);
    own.sort = nextSort(own.sort, by, column?.downFirst ?? false);
    this.#draw();
  }

  #search(text: string): void {
    this.#drawings.own.filter = text;
    this.#draw();
  }

  #showFound(): void {
    const { data, own } = this.#drawings;
    const shown = shownRows(data.rows, own);
    for (const row of data.rows) {
      const element = this.#rows.get(row.id)!;
      element.hidden = !shown.has(row.id);
      if (!isStudy(row)) continue;
      const isOpen = String(own.unfolded.has(row.id));
      element.querySelector(".fold")?.setAttribute("aria-expanded", isOpen);
    }
    const isFiltered = wordsOf(own.filter).length > 0;
    setText(this.#found, isFiltered ? `${shown.size} of ${data.rows.length}` : "");
  }

  #showTicks(): void {
    const { data, own } = this.#drawings;
    const full = own.ticked.length >= data.most;
    for (const [id, element] of this.#rows.entries()) {
      const box = element.querySelector("input");
      if (!box) continue; // the row of a study
      box.checked = own.ticked.includes(id);
      box.disabled = full && !box.checked;
      box.title = box.disabled ? `At most ${data.most} runs are compared` : "Compare";
      element.classList.toggle("ticked", box.checked);
    }
  }

  #onClick(event: MouseEvent): void {
    const id = this.#rows.idAt(event);
    const { target } = event;
    if (!id || !(target instanceof Element)) return;
    const tag = target.closest(".tag");
    if (target.closest(".fold")) {
      this.#fold(id);
    } else if (tag) {
      this.#search(tag.textContent);
    } else if (target.closest(".tick")) {
      if (target instanceof HTMLInputElement) this.#tick(id, target.checked);
    } else if (target.closest("button")) {
      this.#drawings.component.setTriggerValue("delete", [id]);
    } else if (!isModified(event) && !document.getSelection()?.toString()) {
      event.preventDefault();
      this.#drawings.component.setTriggerValue("open", id);
    }
  }

  #fold(id: string): void {
    const { unfolded } = this.#drawings.own;
    if (!unfolded.delete(id)) unfolded.add(id);
    this.#showFound();
  }

  #tick(id: string, on: boolean): void {
    const { component, own } = this.#drawings;
    const others = own.ticked.filter((other) => other !== id);
    const ticked = on ? [...others, id] : others;
    own.ticked = ticked;
    own.sent = ticked;
    component.setStateValue("ticked", ticked);
    this.#showTicks();
  }
}

/** What Streamlit calls with every change. */
export const mount = mountOf(RunsTable);

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}
