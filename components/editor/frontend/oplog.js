/**
 * The log of what a person did to one document, until the server has it.
 *
 * Operations are numbered from 1. Exactly one message is on its way at a time; it carries what is
 * unacknowledged, oldest first, and is sent again after three seconds without an answer. The server
 * applies each number once and answers with the last one that it applied. A log outlives the
 * component (page switches remount it): it is kept by document for as long as the page is loaded,
 * and all components that show the document share it.
 */

export const RESEND_AFTER = 3000;
export const BATCH = 200;

/** Operations of which the latest says all, as long as the earlier one has not been sent. */
const REPLACES = {
  select: () => true,
  open: () => true,
  repeat: (older, newer) => older.node === newer.node,
};

export class OperationLog {
  #senders = new Map(); // by the component that they belong to, the latest last
  #timer = null;
  #sent = 0; // the highest number ever sent
  #last = 0; // the highest number given
  #inFlight = 0; // the highest number in the message on its way; 0 for none
  #ledger = "";

  /**
   * @param {string} document the document's id
   * @param {object} options `client`, the log's name; `hold(go)`, which calls `go` when the page is
   *   ready for a further message
   */
  constructor(document, { client = randomName(), hold = (go) => go() } = {}) {
    this.document = document;
    this.client = client;
    this.hold = hold;
    this.pending = [];
    this.since = 0; // since when something is pending without a break, in milliseconds
    this.listeners = new Set(); // called when what is pending has changed
  }

  /** Send through a component's `send` from now on; null while it has no connection, or is gone. */
  connect(owner, send) {
    const first = send !== null && this.#senders.size === 0;
    this.#senders.delete(owner);
    if (send !== null) this.#senders.set(owner, send);
    if (first) this.#again();
  }

  /** Note an operation and send it as soon as may be. Returns its number. */
  push(operation) {
    const tail = this.pending.at(-1);
    if (tail && tail.n > this.#sent && tail.op === operation.op) {
      if (REPLACES[operation.op]?.(tail, operation)) {
        this.pending[this.pending.length - 1] = { ...operation, n: tail.n };
        this.#changed();
        return tail.n;
      }
    }
    if (this.pending.length === 0) this.since = Date.now();
    this.pending.push({ n: ++this.#last, ...operation });
    this.#changed();
    this.#pump();
    return this.#last;
  }

  /** Take in the server's answer: `ack` is the last operation of `client` applied by `ledger`. */
  read({ ledger = "", client = "", ack = 0 }) {
    const stranger = ledger !== this.#ledger; // a new session: it has seen nothing of ours
    this.#ledger = ledger;
    if (client === this.client && this.pending.length > 0 && ack >= this.pending[0].n) {
      this.pending = this.pending.filter((operation) => operation.n > ack);
      this.#changed();
    }
    if (stranger) this.#again();
    else if (this.#inFlight > 0 && client === this.client && ack >= this.#inFlight) {
      this.#land();
      this.hold(() => this.#pump());
    }
  }

  #changed() {
    for (const listener of [...this.listeners]) listener();
  }

  #again() {
    this.#land();
    this.#pump();
  }

  #land() {
    clearTimeout(this.#timer);
    this.#inFlight = 0;
  }

  #pump() {
    if (this.#inFlight > 0 || this.pending.length === 0 || this.#senders.size === 0) return;
    const ops = this.pending.slice(0, BATCH);
    this.#inFlight = ops.at(-1).n;
    this.#sent = Math.max(this.#sent, this.#inFlight);
    this.#timer = setTimeout(() => this.#again(), RESEND_AFTER);
    const send = [...this.#senders.values()].at(-1);
    send({ client: this.client, document: this.document, ledger: this.#ledger, ops });
  }
}

/** The log of a document on this page. */
export function logOf(document, options) {
  const logs = (window.__convstackLogs ??= new Map());
  if (!logs.has(document)) logs.set(document, new OperationLog(document, options));
  return logs.get(document);
}

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
