/**
 * One canvas on a page: what Python sent last, the log of what the person did, and the view of both
 * that React draws.
 */

import type { Landed } from "../canvas/place";
import type { CanvasData, Component, NodeRow, Point } from "../canvas/types";
import { Connection } from "./connection.js";
import { remember, remembered, toggled } from "./folds.js";
import { logOf } from "./oplog.js";
import { predict } from "./predict.js";

export type Operation = { op: string } & Record<string, unknown>;

/** What is drawn: the server's answer with what is pending played over it. */
export interface View {
  data: CanvasData;
  rows: NodeRow[];
  selection: string | null;
  others: string[];
  open: string[];
  pending: number;
  client: string;
  status: "" | "saving" | "offline";
  landed: Landed | null; // the new node that a person put somewhere last
}

/** The nodes that are selected; the one that the inspector shows is the last. */
export function chosenIn({ selection, others }: Pick<View, "selection" | "others">): string[] {
  return selection === null ? [] : [...others, selection];
}

interface Pending {
  n: number;
  op: string;
}

interface Predicted {
  rows: NodeRow[];
  selection: string | null;
  others: string[];
  open: string[];
}

const foresee = predict as unknown as (
  nodes: NodeRow[],
  data: CanvasData,
  pending: Pending[],
) => Predicted;

interface Log {
  client: string;
  pending: Pending[];
  since: number;
  listeners: Set<() => void>;
  hold: (go: () => void) => void;
  connect(owner: object, send: ((message: unknown) => void) | null): void;
  push(operation: Operation): number;
  read(answer: CanvasData): void;
  unseen(answer: CanvasData): Pending[];
}

const SAVING_AFTER = 300; // milliseconds
const OFFLINE_AFTER = 800;

export class Session {
  view: View | null = null;
  #component: Component | null = null;
  #log: Log | null = null;
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lostAt = 0;
  #landing: { n: number; at: Point } | null = null;
  #landed: Landed | null = null;
  #changed = () => this.#refresh();
  #connection = new Connection(() => this.#connect());

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): View | null => this.view;

  /** Streamlit has new data. */
  update(component: Component): void {
    const { data } = component;
    const before = this.#component?.data;
    const same = before?.document === data.document;
    const stranger = !same || before?.ledger !== data.ledger;
    const unfolded = stranger ? remembered(data.document) : [];
    // What has not changed keeps its identity: a selection then moves nothing.
    if (before && JSON.stringify(before.nodes) === JSON.stringify(data.nodes)) {
      data.nodes = before.nodes;
    }
    this.#component = component;
    if (!same) this.#attend(data.document);
    this.#log!.read(data);
    this.#land(before);
    this.#connect();
    // A new session does not know what was unfolded before the page was reloaded.
    if (unfolded.length > 0 && data.open.length === 0) this.push({ op: "open", parts: unfolded });
    this.#refresh();
  }

  push(operation: Operation): number {
    return this.#log!.push(operation);
  }

  /** Notes where the node that an operation makes is to stand: the middle of it. */
  land(n: number, at: Point): void {
    this.#landing = { n, at };
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

  close(): void {
    this.#leave();
    this.#connection.close();
    clearTimeout(this.#timer);
  }

  /** The new node is the one that is selected once its operation is acknowledged. */
  #land(before: CanvasData | undefined): void {
    const landing = this.#landing;
    if (!landing || this.#log!.pending.some(({ n }) => n <= landing.n)) return;
    const id = this.#component!.data.selection;
    const known = before?.nodes.some((node) => node.id === id);
    if (id !== null && !known) this.#landed = { id, at: landing.at };
    this.#landing = null;
  }

  #attend(document: string): void {
    this.#leave();
    this.#landing = this.#landed = null;
    this.#log = logOf(document, undefined) as Log;
    this.#log.hold = (go) => this.#connection.whenIdle(go);
    this.#log.listeners.add(this.#changed);
  }

  #leave(): void {
    this.#log?.connect(this, null);
    this.#log?.listeners.delete(this.#changed);
  }

  #connect(): void {
    const { connected } = this.#connection;
    if (connected) this.#lostAt = 0;
    else this.#lostAt ||= Date.now();
    const send = (message: unknown) => this.#component!.setStateValue("log", message);
    this.#log?.connect(this, connected ? send : null);
    if (this.view) this.#refresh();
  }

  #refresh(): void {
    const { data } = this.#component!;
    const log = this.#log!;
    const unseen = log.unseen(data);
    const { rows, selection, others, open } = foresee(data.nodes, data, unseen);
    remember(data.document, open);
    this.view = {
      data,
      rows,
      selection,
      others,
      open,
      pending: unseen.length,
      client: log.client,
      status: this.#status(),
      landed: this.#landed,
    };
    for (const listener of this.#listeners) listener();
  }

  /** "Saving" when an answer takes long, "offline" when the server does not answer. */
  #status(): View["status"] {
    clearTimeout(this.#timer);
    const saving = this.#log!.pending.length > 0;
    if (!this.#lostAt && !saving) return "";
    const since = this.#lostAt || this.#log!.since;
    const wait = since + (this.#lostAt ? OFFLINE_AFTER : SAVING_AFTER) - Date.now();
    if (wait <= 0) return this.#lostAt ? "offline" : "saving";
    this.#timer = setTimeout(() => this.#refresh(), wait + 1);
    return "";
  }
}
