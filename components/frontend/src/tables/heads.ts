import { make } from "../kit/dom";
import type { Sort } from "./sorting";

export interface Head {
  key: string;
  label: string;
  kind: string;
  /** Whether a press on it sorts. */
  sorts: boolean;
}

/** The heads of a table; a press on one asks for another order. */
export class Heads {
  readonly row = make("tr");
  #heads = new Map<string, HTMLElement>();
  #press: (key: string) => void;

  constructor(press: (key: string) => void) {
    this.#press = press;
  }

  /** Shows the heads, made anew only where they are others, and by which the rows are sorted. */
  draw(heads: readonly Head[], sort: Sort | null): void {
    if ([...this.#heads.keys()].join() !== heads.map(({ key }) => key).join()) {
      this.#heads = new Map(heads.map((head) => [head.key, this.#made(head)]));
      this.row.replaceChildren(...this.#heads.values());
    }
    for (const { key, sorts } of heads) {
      const told = sort?.by !== key ? "none" : sort.down ? "descending" : "ascending";
      if (sorts) this.#heads.get(key)?.setAttribute("aria-sort", told);
    }
  }

  #made({ key, label, kind, sorts }: Head): HTMLElement {
    const head = make("th", { class: kind, scope: "col" });
    if (!sorts) {
      head.append(label);
      return head;
    }
    head.append(make("button", { type: "button" }, label));
    head.addEventListener("click", () => this.#press(key));
    return head;
  }
}
