import { make } from "../kit/dom";

/** The rows of a table by id; what has not changed is not touched. */
export class RowList {
  readonly body = make("tbody");
  #rows = new Map<string, HTMLTableRowElement>();
  #drawn = new Map<string, string>(); // row id → what it shows, as text
  #attribute: string;

  /** @param attribute the one that holds a row's id */
  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  /** Drops all rows but these. */
  keep(ids: ReadonlySet<string>): void {
    for (const [id, row] of this.#rows) {
      if (ids.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
      this.#drawn.delete(id);
    }
  }

  /** Puts a row at its place; fills it where it is new or `text` is not what it shows. */
  put(id: string, place: number, text: string, fill: (row: HTMLTableRowElement) => void): void {
    let row = this.#rows.get(id);
    if (!row) {
      row = make("tr", { [this.#attribute]: id });
      this.#rows.set(id, row);
    }
    if (this.#drawn.get(id) !== text) {
      fill(row);
      this.#drawn.set(id, text);
    }
    const there = this.body.children[place];
    if (there !== row) this.body.insertBefore(row, there ?? null);
  }

  get(id: string): HTMLTableRowElement | undefined {
    return this.#rows.get(id);
  }

  entries(): Iterable<[string, HTMLTableRowElement]> {
    return this.#rows;
  }

  /** The id of the row that an event came from. */
  idAt(event: Event): string | null {
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    return row?.getAttribute(this.#attribute) ?? null;
  }
}
