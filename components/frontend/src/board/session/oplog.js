/**
 * The log of what a person did to one document, until the server has it.
 *
 * Operations are numbered from 1. Exactly one message is on its way at a time; it carries what is
 * unacknowledged, oldest first, and is sent again after three seconds without an answer. The server
 * applies each number once and answers with the last one that it applied. A log outlives the
 * component (page switches remount it): it is kept by document for as long as the page is loaded,
 * and all components that show the document share it. What the server does not have yet outlives a
 * reload of the page as well, in the tab's own storage.
 */

export const RESEND_AFTER = 3000;
export const BATCH = 200;
export const REMEMBERED = 1000; // operations that are done
export const RESTORE_WITHIN = 600_000; // milliseconds; later, a person has another network in mind

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
  #done = []; // acknowledged by this ledger, for components whose data don't show them yet

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

  /** What has to outlive a reload; null where the server has everything. */
  get unsent() {
    const { client, pending } = this;
    return pending.length > 0 ? { client, last: this.#last, pending } : null;
  }

  /** Go on where the page before left off: under the same name, so that nothing is applied twice. */
  restore({ client, last, pending }) {
    this.client = client;
    this.#last = last;
    this.pending = pending;
    this.since = Date.now();
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

  /**
   * What the data of a component don't show yet. Of those that share a log, one is given the
   * server's answer before the other: what is pending no longer is not yet there for all of them.
   */
  unseen({ ledger = "", client = "", ack = 0 }) {
    if (ledger !== this.#ledger || (client !== "" && client !== this.client)) return this.pending;
    return [...this.#done.filter((operation) => operation.n > ack), ...this.pending];
  }

  /** Take in the server's answer: `ack` is the last operation of `client` applied by `ledger`. */
  read({ ledger = "", client = "", ack = 0 }) {
    const stranger = ledger !== this.#ledger; // a new session: it has seen nothing of ours
    this.#ledger = ledger;
    if (stranger) this.#done = [];
    if (client === this.client && this.pending.length > 0 && ack >= this.pending[0].n) {
      const done = this.pending.filter((operation) => operation.n <= ack);
      this.#done = [...this.#done, ...done].slice(-REMEMBERED);
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
  window.__convstackLogs ??= new Map();
  const logs = window.__convstackLogs;
  if (!logs.has(document)) {
    const log = new OperationLog(document, options);
    const unsent = takeKept(document);
    if (unsent) log.restore(unsent);
    log.listeners.add(() => keep(document, log.unsent));
    logs.set(document, log);
  }
  return logs.get(document);
}

const nameOf = (document) => `convstack-unsent:${document}`;

function keep(document, unsent) {
  try {
    if (unsent)
      sessionStorage.setItem(nameOf(document), JSON.stringify({ ...unsent, at: Date.now() }));
    else sessionStorage.removeItem(nameOf(document));
  } catch {
    return; // the browser keeps nothing, or has no room: it lasts until the page is left
  }
}

/** What an earlier page in this tab could not send; taken out, since a copied tab has it too. */
function takeKept(document) {
  try {
    const text = sessionStorage.getItem(nameOf(document));
    sessionStorage.removeItem(nameOf(document));
    const kept = JSON.parse(text ?? "null");
    return isUnsent(kept) && Date.now() - kept.at < RESTORE_WITHIN ? kept : null;
  } catch {
    return null;
  }
}

/** The storage is shared with whatever else runs on this host: nothing of it is believed unseen. */
function isUnsent(kept) {
  return (
    typeof kept?.client === "string" &&
    Number.isFinite(kept.at) &&
    Array.isArray(kept.pending) &&
    kept.pending.length > 0 &&
    kept.pending.every(
      (each) => Number.isInteger(each?.n) && typeof each.op === "string" && each.n <= kept.last,
    )
  );
}

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
