import { type Component, fromBytes } from "../kit/streamlit";

interface Numbered {
  page: string;
  turn: number;
}

/** What a page keeps of a table over remounts, which Streamlit does at will. */
export type Kept<Own> = Map<string, { turn: number; own: Own }>;

/** The newest of the drawings that Python sent, and what outlives them. */
export class Drawings<Data extends Numbered, Own> {
  component!: Component<Uint8Array>;
  data!: Data;
  own!: Own;
  #kept: Kept<Own>;
  #fresh: () => Own;
  #text = ""; // what was drawn last, as Python sent it

  constructor(kept: Kept<Own>, fresh: () => Own) {
    this.#kept = kept;
    this.#fresh = fresh;
  }

  /** Takes a drawing; false where a newer one was taken already, since Streamlit calls asynchronously. */
  take(component: Component<Uint8Array>): boolean {
    const text = fromBytes(component.data);
    const data: Data = text === this.#text ? this.data : JSON.parse(text);
    const kept = this.#kept.get(data.page) ?? { turn: 0, own: this.#fresh() };
    this.#kept.set(data.page, kept);
    if (this.component && data.turn < kept.turn) return false;
    kept.turn = data.turn;
    this.component = component;
    this.data = data;
    this.own = kept.own;
    this.#text = text;
    return true;
  }
}
