/**
 * The log of what a person did to one document, until the server has it.
 *
 * Operations are numbered from 1. Exactly one message is on its way at a time; it carries what is
 * unacknowledged, oldest first, and is sent again if it fails or is not answered. The server
 * applies each number once and answers with the last one that it applied. A log outlives the
 * component (page switches remount it): it is kept by document for as long as the page is loaded,
 * and all components that show the document share it. What the server does not have yet outlives a
 * reload of the page as well, in the tab's own storage.
 */

import type { Log } from "../../generated/board";

export type Operation = Log["ops"][number];

/** An operation without its number. */
export type Act = WithoutNumber<Operation>;
type WithoutNumber<One> = One extends Operation ? Omit<One, "n"> : never;

export const RESEND_AFTER = 3000; // milliseconds without an answer
export const RETRY_AFTER = [250, 500, 1000, 2000]; // milliseconds after a failure, the last for all
export const BATCH = 200;
export const RESTORE_WITHIN = 600_000; // milliseconds; later, a person has another network in mind

/** How far the server is: `ack` is the last operation of `client` applied by `ledger`. */
export interface Answer {
  ledger: string;
  client: string;
  ack: number;
}

/** What has to outlive a reload. */
interface Unsent {
  client: string;
  last: number;
  pending: Operation[];
}

export class OperationLog {
  pending: Operation[] = [];
  since = 0; // since when something is pending without a break, in milliseconds
  listeners = new Set<() => void>(); // called when what is pending has changed
  #send: ((message: Log) => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent = 0; // the highest number ever sent
  #last = 0; // the highest number given
  #inFlight = 0; // the highest number in the message on its way; 0 for none
  #most = BATCH; // in one message
  #failures = 0; // without a success since
  #rests = false; // after a failure
  #ledger = "";

  constructor(
    readonly document: string,
    public client: string = randomName(),
  ) {}

  /** What has to outlive a reload; null where the server has everything. */
  get unsent(): Unsent | null {
    const { client, pending } = this;
    return pending.length > 0 ? { client, last: this.#last, pending } : null;
  }

  /** Goes on where the page before left off: under the same name, so that nothing is done twice. */
  restore({ client, last, pending }: Unsent): void {
    this.client = client;
    this.#last = last;
    this.pending = pending;
    this.since = Date.now();
  }

  /** Sends to this ledger from now on; what it may not have at once, under its name. */
  connect(ledger: string, send: (message: Log) => void): void {
    this.#ledger = ledger;
    this.#send = send;
    this.#failures = 0;
    this.#again();
  }

  /** Sends nothing while there is no connection. */
  disconnect(): void {
    this.#land();
    this.#send = null;
  }

  /** Notes an operation and sends it as soon as may be. Returns its number. */
  push(act: Act): number {
    const tail = this.pending.at(-1);
    if (tail && tail.n > this.#sent && replaces(tail, act)) {
      this.pending[this.pending.length - 1] = { ...act, n: tail.n } as Operation;
      this.#changed();
      return tail.n;
    }
    if (this.pending.length === 0) this.since = Date.now();
    this.pending.push({ n: ++this.#last, ...act } as Operation);
    this.#changed();
    this.#pump();
    return this.#last;
  }

  /** Takes in an answer of the server, or an event that says how far it is. */
  read({ ledger, client, ack }: Answer): void {
    if (ledger !== this.#ledger || client !== this.client) return;
    if (this.pending.length > 0 && ack >= this.pending[0]!.n) {
      this.pending = this.pending.filter((operation) => operation.n > ack);
      this.#failures = 0;
      this.#changed();
    }
    if (this.#inFlight > 0 && ack >= this.#inFlight) this.#again();
  }

  /** The message on its way did not arrive, or nobody knows: it goes again after a while. */
  failed(): void {
    this.#land();
    this.#rests = true;
    const wait = RETRY_AFTER[Math.min(this.#failures++, RETRY_AFTER.length - 1)];
    this.#timer = setTimeout(() => this.#again(), wait);
  }

  /** The message on its way was too large: it goes in two. Returns whether it can. */
  halve(): boolean {
    const length = this.pending.filter(({ n }) => n <= this.#inFlight).length;
    if (length < 2) return false;
    this.#most = Math.floor(length / 2);
    this.#again();
    this.#most = BATCH;
    return true;
  }

  /** Gives up what is pending: the server does not understand it. */
  drop(): void {
    this.#land();
    this.pending = [];
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  #again(): void {
    this.#land();
    this.#pump();
  }

  #land(): void {
    clearTimeout(this.#timer);
    this.#inFlight = 0;
    this.#rests = false;
  }

  #pump(): void {
    if (this.#inFlight > 0 || this.#rests || this.pending.length === 0 || !this.#send) return;
    const ops = this.pending.slice(0, this.#most);
    this.#inFlight = ops.at(-1)!.n;
    this.#sent = Math.max(this.#sent, this.#inFlight);
    this.#timer = setTimeout(() => this.#again(), RESEND_AFTER);
    this.#send({ client: this.client, document: this.document, ledger: this.#ledger, ops });
  }
}

/** Whether an operation says all that an earlier one said, which has not been sent yet. */
function replaces(older: Operation, newer: Act): boolean {
  if (newer.op === "repeat") return older.op === "repeat" && older.node === newer.node;
  return newer.op === older.op && (newer.op === "select" || newer.op === "open");
}

const logs = new Map<string, OperationLog>();

/** The log of a document on this page. */
export function logOf(document: string): OperationLog {
  let log = logs.get(document);
  if (!log) {
    log = new OperationLog(document);
    const unsent = takeKept(document);
    if (unsent) log.restore(unsent);
    const { listeners } = log;
    const made = log;
    listeners.add(() => keep(document, made.unsent));
    logs.set(document, log);
  }
  return log;
}

const nameOf = (document: string) => `convstack-unsent:${document}`;

function keep(document: string, unsent: Unsent | null): void {
  try {
    if (unsent) {
      sessionStorage.setItem(nameOf(document), JSON.stringify({ ...unsent, at: Date.now() }));
    } else sessionStorage.removeItem(nameOf(document));
  } catch {
    return; // the browser keeps nothing, or has no room: it lasts until the page is left
  }
}

/** What an earlier page in this tab could not send; taken out, since a copied tab has it too. */
function takeKept(document: string): Unsent | null {
  try {
    const text = sessionStorage.getItem(nameOf(document));
    sessionStorage.removeItem(nameOf(document));
    const kept: unknown = JSON.parse(text ?? "null");
    return isUnsent(kept) && Date.now() - kept.at < RESTORE_WITHIN ? kept : null;
  } catch {
    return null;
  }
}

/** The storage is shared with whatever else runs on this host: nothing of it is believed unseen. */
function isUnsent(kept: unknown): kept is Unsent & { at: number } {
  if (typeof kept !== "object" || kept === null) return false;
  const { client, at, pending, last } = kept as Record<string, unknown>;
  return (
    typeof client === "string" &&
    Number.isFinite(at) &&
    Number.isInteger(last) &&
    Array.isArray(pending) &&
    pending.length > 0 &&
    pending.every(
      (each) =>
        Number.isInteger(each?.n) && typeof each.op === "string" && each.n <= (last as number),
    )
  );
}

function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
