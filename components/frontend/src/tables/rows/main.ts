/** A table of rows that are opened. Python gives every text; here it is laid out, sorted and told. */

import type { Cell, Column, Row, RowsTableData } from "../../generated/tables";
import { isModified, make } from "../../kit/dom";
import { adopt, type Component, mountOf, type Place } from "../../kit/streamlit";
import { bar, sign } from "../cells";
import { Drawings, type Kept } from "../drawings";
import { Heads } from "../heads";
import { RowList } from "../rowList";
import { inOrder, nextSort, type Sort } from "../sorting";
import shared from "../tables.css?inline";
import styles from "./rows.css?inline";
import { type Scale, scalesOf, strip } from "./strip";

interface Own {
  sort: Sort | null;
}

const kept: Kept<Own> = new Map();

class RowsTable {
  #drawings = new Drawings<RowsTableData, Own>(kept, () => ({ sort: null }));
  #rows = new RowList("data-row");
  #heads = new Heads((key) => this.#sort(key));
  #table = make("table", {}, make("thead", {}, this.#heads.row), this.#rows.body);

  constructor(parent: Place) {
    adopt(parent, shared + styles);
    parent.append(this.#table);
    this.#rows.body.addEventListener("click", (event) => this.#onClick(event));
  }

  update(component: Component<Uint8Array>): void {
    if (this.#drawings.take(component)) this.#draw();
  }

  #draw(): void {
    const { data, own } = this.#drawings;
    const { columns, rows } = data;
    const { sort } = own;
    this.#table.setAttribute("aria-label", data.label);
    this.#heads.draw(columns.map(head), sort);
    this.#rows.keep(new Set(rows.map((row) => row.id)));
    const scales = scalesOf(data);
    const sorted = sort ? inOrder(rows, (row) => row.cells[sort.by]?.order, sort.down) : rows;
    for (const [place, row] of sorted.entries()) {
      const text = JSON.stringify([row, [...scales]]);
      this.#rows.put(row.id, place, text, (element) => fill(element, row, columns, scales));
    }
  }

  #sort(key: string): void {
    const { data, own } = this.#drawings;
    const column = data.columns.find((one) => one.key === key);
    own.sort = nextSort(own.sort, key, column?.down_first ?? false);
    this.#draw();
  }

  #onClick(event: MouseEvent): void {
    const id = this.#rows.idAt(event);
    if (!id || isModified(event) || document.getSelection()?.toString()) return;
    event.preventDefault();
    this.#drawings.component.setTriggerValue("open", id);
  }
}

/** What Streamlit calls with every change. */
export const mount = mountOf(RowsTable);

function head(column: Column) {
  return {
    key: column.key,
    label: column.label,
    kind: kindOf(column),
    sorts: column.label !== "",
  };
}

function kindOf(column: Column): string {
  return `${column.kind} col-${column.key}${column.may_hide ? " may-hide" : ""}`;
}

function fill(
  element: HTMLElement,
  row: Row,
  columns: readonly Column[],
  scales: ReadonlyMap<string, Scale>,
): void {
  element.replaceChildren(
    ...columns.map((column) => {
      const cell = row.cells[column.key];
      const parts = cell ? partsOf(row, cell, column, scales.get(column.key)) : [];
      return make("td", { class: kindOf(column), title: cell?.title || null }, ...parts);
    }),
  );
  element.classList.toggle("quiet", row.is_quiet);
}

function partsOf(row: Row, cell: Cell, column: Column, scale: Scale | undefined) {
  const parts: (Node | string)[] = [];
  if (column.kind === "dots") {
    if (cell.dots.length && scale) parts.push(strip(cell, scale));
  } else if (column.kind === "name") parts.push(opener(row, cell));
  else parts.push(cell.level ? sign(cell.level, cell.text) : cell.text);
  if (cell.progress !== null) parts.push(bar(cell.progress));
  if (cell.small) parts.push(make("small", { title: cell.small }, cell.small));
  return parts;
}

function opener(row: Row, cell: Cell): HTMLElement {
  return row.href
    ? make("a", { href: row.href }, cell.text)
    : make("button", { type: "button" }, cell.text);
}
