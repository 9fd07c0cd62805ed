/**
 * What an edit in the inspector makes of the board, asked of the server before the edit is made.
 *
 * Inspector edits go through Streamlit's script, which takes a few frames. But a pointer rests on a
 * `+` before it presses it, and a number is typed before Enter: meanwhile the server is asked, and
 * what it says is shown with the press. It stands until the server tells what has become of it.
 */

import type { Foreseen, NodeRow } from "../../generated/board";
import type { State } from "./state";

/** A parameter's new value. */
export interface Edit {
  node: string;
  parameter: string;
  value: unknown;
}

/** Tells how nodes would look after an edit; null where nobody knows. */
export type Foresee = (edit: Edit) => Promise<Foreseen | null>;

const REST = 40; // milliseconds that a pointer rests, or nothing more is typed
const STANDS = 5_000; // milliseconds until what was foreseen and has not come true is taken back

export class Foresight {
  #version = 0; // the state for which the server was asked
  #answers = new Map<string, NodeRow[] | null>(); // by edit; null while it is asked
  #shown: { state: State; nodes: NodeRow[] } | null = null;
  #next: () => Edit | null = () => null;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #standing: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when something else is foreseen. */
  constructor(
    readonly foresee: Foresee,
    readonly changed: () => void,
  ) {}

  /** A person is about to make an edit: `next` says which, and is asked again after each change. */
  expect(next: () => Edit | null): void {
    this.#next = next;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => void this.#ask(), REST);
  }

  /** A person has made an edit: shows what becomes of it, if that is known. */
  made(edit: Edit, state: State): void {
    const answer = state.version === this.#version && this.#answers.get(keyOf(edit));
    if (!answer || answer.length === 0) return;
    const rows = new Map(answer.map((row) => [row.id, row]));
    this.#shown = { state, nodes: state.nodes.map((row) => rows.get(row.id) ?? row) };
    clearTimeout(this.#standing);
    this.#standing = setTimeout(() => this.#takeBack(), STANDS);
    this.changed();
  }

  /** The nodes as they are foreseen; those of the state where nothing is. */
  over(state: State): NodeRow[] {
    if (state.version !== this.#version) {
      this.#version = state.version;
      this.#answers = new Map();
      void this.#ask();
    }
    if (this.#shown?.state.nodes === state.nodes) return this.#shown.nodes;
    this.#shown = null;
    return state.nodes;
  }

  /** Another document is shown, whose nodes and versions may be called the same. */
  forget(): void {
    this.#version = 0;
    this.#answers = new Map();
    this.#shown = null;
    this.#next = () => null;
  }

  close(): void {
    clearTimeout(this.#resting);
    clearTimeout(this.#standing);
    this.#next = () => null;
  }

  async #ask(): Promise<void> {
    const edit = this.#next();
    const [version, answers] = [this.#version, this.#answers];
    const key = edit && keyOf(edit);
    if (!key || version === 0 || answers.has(key)) return;
    answers.set(key, null);
    const told = await this.foresee(edit);
    if (told?.version === version) answers.set(key, told.nodes);
    else answers.delete(key); // a change is on its way
  }

  #takeBack(): void {
    if (!this.#shown) return;
    this.#shown = null;
    this.changed();
  }
}

function keyOf({ node, parameter, value }: Edit): string {
  return JSON.stringify([node, parameter, value]);
}
