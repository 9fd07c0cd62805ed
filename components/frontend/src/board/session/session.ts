/** One component of the board on a page: the view that React draws, and what a person does there. */

import type { NodeRow } from "../../generated/board";
import { whenStaying } from "../../kit/leaving";
import type { Landed } from "../canvas/place";
import type { Component, Point } from "../canvas/types";
import { remember, toggled } from "./folds";
import { type Edit, Foresight } from "./foresight";
import { watchInspector } from "./inspected";
import { type Link, linkOf, type Moved, type Verdicts } from "./link";
import type { Act } from "./log";
import { predict } from "./predict";
import type { State } from "./state";

/** What the server says of a document, and where it was drawn. */
export interface BoardState extends State {
  document: string;
  gradients: string; // where the gradients of the latest training are to be had
  theme: "light" | "dark";
  client: string;
  ack: number;
  views: readonly string[]; // those that the page draws itself
  shown: readonly string[]; // those of them that it draws now
  behind: boolean; // whether the page beside the board does not show yet what the board shows
}

export type Operation = Act;

/** What is drawn: the server's answer with what is pending played over it. */
export interface View {
  data: BoardState;
  rows: NodeRow[];
  selection: string | null;
  others: string[];
  open: string[];
  pending: number;
  client: string;
  status: Status;
  landed: Landed | null; // the new node that a person put somewhere last
}

/** "refused": what was done cannot be read by the server; "gone": it no longer knows this page. */
export type Status = "" | "saving" | "offline" | "refused" | "gone";

/** The nodes that are selected; the one that the inspector shows is the last. */
export function chosenIn({ selection, others }: Pick<View, "selection" | "others">): string[] {
  return selection === null ? [] : [...others, selection];
}

const NONE: readonly string[] = [];
const SAVING_AFTER = 300; // milliseconds
const OFFLINE_AFTER = 800;

export class Session {
  view: View | null = null;
  #component: Component | null = null;
  #link: Link | null = null;
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #landing: { n: number; at: Point; known: Set<string> } | null = null;
  #landed: Landed | null = null;
  #changed = () => this.#refresh();
  #foresight = new Foresight(async (edit) => this.#link?.foresee(edit) ?? null, this.#changed);
  #unwatch: (() => void) | undefined;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): View | null => this.view;

  /** Streamlit has new data. */
  update(component: Component): void {
    const { data } = component;
    this.#component = component;
    this.#unwatch ??= watchInspector({
      expect: (next) => this.#foresight.expect(next),
      made: (edit) => this.#made(edit),
    });
    const link = linkOf(data.document);
    if (link !== this.#link) {
      this.#leave();
      this.#landing = this.#landed = this.view = null;
      this.#foresight.forget();
      this.#link = link;
      link.listeners.add(this.#changed);
    }
    link.attach(this, data, data.drawn, (version) =>
      whenStaying(component.parentElement, () => component.setTriggerValue("seen", version)),
    );
    this.#refresh();
  }

  /** Tells Python something that is no edit; its script runs again. */
  tell(name: string, value: unknown): void {
    const component = this.#component!;
    whenStaying(component.parentElement, () => component.setStateValue(name, value));
  }

  push(act: Act): number {
    return this.#link!.log.push(act);
  }

  /** Notes where the node that an operation makes is to stand: the middle of it. */
  land(n: number, at: Point): void {
    const nodes = this.#link!.state?.nodes ?? [];
    this.#landing = { n, at, known: new Set(nodes.map(({ id }) => id)) };
  }

  select(ids: string[]): void {
    const { selection, others } = this.view!;
    const node = selection !== null && ids.includes(selection) ? selection : (ids.at(-1) ?? null);
    const rest = ids.filter((id) => id !== node);
    const same = node === selection && rest.length === others.length;
    if (same && rest.every((id) => others.includes(id))) return;
    this.push(rest.length > 0 ? { op: "select", node, others: rest } : { op: "select", node });
  }

  fold(key: string): void {
    this.push({ op: "open", parts: toggled(this.view!.open, key) });
  }

  /** Whether there may be something to undo or redo: for sure once the server has answered. */
  may(what: "undo" | "redo"): boolean {
    return this.view!.data[`can_${what}`] || this.view!.pending > 0;
  }

  /** Which nodes may read this one, or which ones it may read, as the server says. */
  verdicts(end: "source" | "reader", node: string, moved?: Moved): Promise<Verdicts> {
    return this.#link!.verdicts(end, node, moved);
  }

  close(): void {
    this.#leave();
    this.#unwatch?.();
    this.#foresight.close();
    clearTimeout(this.#timer);
  }

  /** An edit was made beside the board. */
  #made(edit: Edit): void {
    const { state, lostAt } = this.#link!;
    if (state && lostAt === 0) this.#foresight.made(edit, state);
  }

  #leave(): void {
    this.#link?.listeners.delete(this.#changed);
    this.#link?.detach(this);
  }

  #refresh(): void {
    const { document, gradients, theme, drawn, views = NONE, shown = NONE } = this.#component!.data;
    const { state, answer, log } = this.#link!;
    if (!state) return;
    this.#land(state);
    const { rows, selection, others, open } = predict(
      this.#foresight.over(state),
      state,
      log.pending,
    );
    remember(document, open);
    const { client, ack } = answer;
    const behind = state.version > drawn;
    this.view = {
      data: { ...state, document, gradients, theme, views, shown, client, ack, behind },
      rows,
      selection,
      others,
      open,
      pending: log.pending.length,
      client: log.client,
      status: this.#status(),
      landed: this.#landed,
    };
    for (const listener of this.#listeners) listener();
  }

  /** The new node is the one that is selected once its operation is acknowledged. */
  #land({ selection }: State): void {
    const landing = this.#landing;
    if (!landing || this.#link!.log.pending.some(({ n }) => n <= landing.n)) return;
    if (selection !== null && !landing.known.has(selection)) {
      this.#landed = { id: selection, at: landing.at };
    }
    this.#landing = null;
  }

  /** "Saving" when an answer takes long, "offline" when the server does not answer. */
  #status(): Status {
    clearTimeout(this.#timer);
    const { log, lostAt, trouble } = this.#link!;
    if (trouble) return trouble;
    const saving = log.pending.length > 0;
    if (!lostAt && !saving) return "";
    const since = lostAt || log.since;
    const wait = since + (lostAt ? OFFLINE_AFTER : SAVING_AFTER) - Date.now();
    if (wait <= 0) return lostAt ? "offline" : "saving";
    this.#timer = setTimeout(() => this.#refresh(), wait + 1);
    return "";
  }
}
