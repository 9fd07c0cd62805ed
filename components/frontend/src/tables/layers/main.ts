/** A large table, row by row: after an edit, rows that are as before are left alone. */

import type { LayersTableData } from "../../generated/tables";
import { make } from "../../kit/dom";
import { adopt, type Component, mountOf, type Place } from "../../kit/streamlit";
import styles from "./layers.css?inline";

const mold = document.createElement("template");

class LayersTable {
  #table = make("table", { class: "cs-table cs-layers" });
  #head = this.#table.createTHead();
  #body = this.#table.createTBody();
  #foot = this.#table.createTFoot();
  #known: LayersTableData = { label: "", head: "", rows: [], foot: "" };

  constructor(parent: Place) {
    adopt(parent, styles);
    parent.append(this.#table);
  }

  update({ data }: Component<LayersTableData>): void {
    const before = this.#known;
    this.#known = data;
    this.#table.setAttribute("aria-label", data.label);
    if (data.head !== before.head) this.#head.replaceChildren(made(data.head));
    if (data.foot !== before.foot) this.#foot.replaceChildren(made(data.foot));
    for (const [place, row] of data.rows.entries()) {
      if (before.rows[place] === row) continue;
      const old = this.#body.rows[place];
      if (old) old.replaceWith(made(row));
      else this.#body.append(made(row));
    }
    while (this.#body.rows.length > data.rows.length) this.#body.lastElementChild?.remove();
  }
}

/** What Streamlit calls with every change. */
export const mount = mountOf(LayersTable);

/** Python has escaped everything in it that a person wrote. */
function made(row: string): Element {
  mold.innerHTML = row;
  return mold.content.firstElementChild!;
}
