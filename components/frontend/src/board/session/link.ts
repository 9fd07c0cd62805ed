/**
 * What a page knows of one document, and its way to the server: operations go out in one request at
 * a time, what has changed comes back in the answers and as server-sent events.
 *
 * All components of a page that show the document share it. After a change it asks Streamlit to
 * draw the rest of the page anew, once for all of them.
 */

import type {
  BoardData,
  Delta,
  Disconnect,
  Foreseen,
  Log,
  VerdictTold,
} from "../../generated/board";
import { Connection } from "./connection";
import { remembered } from "./folds";
import type { Edit } from "./foresight";
import { type Answer, logOf, type OperationLog } from "./log";
import { changed, type State } from "./state";
import { Stream } from "./stream";

/** Where a board is found. */
export type Address = Pick<
  BoardData,
  "board" | "operations" | "state" | "events" | "connections" | "foresight"
>;

/** Whether nodes may be connected, by their ids. */
export type Verdicts = Record<string, VerdictTold>;

/** A connection whose end is moved. */
export type Moved = Pick<Disconnect, "source" | "target" | "port">;

/** "refused": the server did not understand; "gone": it does not know this page any more. */
export type Trouble = "" | "refused" | "gone";

const SOON = 200; // milliseconds that a running script is left alone after the person's own change
const LATER = 2000; // and after any other

export class Link {
  state: State | null = null;
  answer: Answer = { ledger: "", client: "", ack: 0 };
  trouble: Trouble = "";
  lostAt = 0; // when the connection was lost, in milliseconds; 0 while it is there
  readonly log: OperationLog;
  readonly listeners = new Set<() => void>();
  #tells = new Map<object, (version: number) => void>(); // by component, the latest last
  #address: Address | null = null;
  #drawn = 0; // the version that the page shows beside the board
  #asked = 0; // the version for which it was last asked to be drawn
  #asking: ReturnType<typeof setTimeout> | undefined;
  #posting: AbortController | null = null;
  #connection = new Connection(() => this.#connect());
  #stream = new Stream({
    address: () =>
      this.#address && this.trouble !== "gone" ? this.#since(this.#address.events) : null,
    changed: (told) => this.#take(JSON.parse(told)),
    gone: () => this.#gone(),
  });

  constructor(readonly document: string) {
    this.log = logOf(document);
    this.log.listeners.add(() => this.#changed());
  }

  /** The version of the state; 0 where this board has told nothing yet. */
  get version(): number {
    return this.state?.version ?? 0;
  }

  /**
   * A component shows the document, or goes on to.
   *
   * @param drawn the version that the page shows beside it
   * @param tell asks Streamlit to draw the page for a version
   */
  attach(owner: object, address: Address, drawn: number, tell: (version: number) => void): void {
    this.#tells.delete(owner);
    this.#tells.set(owner, tell);
    this.#drawn = drawn;
    if (address.board !== this.#address?.board) this.#use(address);
    else this.#stream.listen();
    this.#ask(false);
  }

  /** A component is gone. */
  detach(owner: object): void {
    this.#tells.delete(owner);
    if (this.#tells.size > 0) return;
    this.#stream.close();
    this.log.disconnect();
    this.#address = null; // whoever comes next says it anew
  }

  /** Which nodes may read this one, or which ones it may read; all where nobody knows. */
  async verdicts(end: "source" | "reader", node: string, moved?: Moved): Promise<Verdicts> {
    const wire = moved && { from: moved.source, to: moved.target, port: `${moved.port}` };
    return (await this.#told<Verdicts>("connections", { [end]: node, ...wire })) ?? {};
  }

  /** How nodes would look after an edit; null where nobody knows. */
  foresee({ node, parameter, value }: Edit): Promise<Foreseen | null> {
    return this.#told("foresight", { node, parameter, value: JSON.stringify(value) });
  }

  /** What the server answers to a question; null where it does not. */
  async #told<Told>(
    what: "connections" | "foresight",
    question: Record<string, string>,
  ): Promise<Told | null> {
    if (!this.#address) return null;
    try {
      const response = await ask(`${this.#address[what]}&${new URLSearchParams(question)}`);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  #use(address: Address): void {
    this.#address = address;
    this.#asked = 0;
    this.trouble = "";
    if (this.state) this.state = { ...this.state, version: 0 }; // this board has told nothing yet
    this.#stream.close();
    this.#connect();
  }

  #connect(): void {
    const { connected } = this.#connection;
    if (connected) this.#found();
    else this.#lost();
    if (connected && this.#address) {
      const { board } = this.#address;
      this.log.connect(board, (message) => void this.#post(message));
      this.#stream.listen();
    } else this.log.disconnect();
  }

  async #post(message: Log): Promise<void> {
    const address = this.#address;
    if (!address) return;
    this.#posting?.abort(); // it took too long, and all of it is sent again
    this.#posting = new AbortController();
    const { signal } = this.#posting;
    try {
      const body = JSON.stringify(message);
      const response = await ask(this.#since(address.operations), {
        method: "POST",
        body,
        signal,
      });
      const told: unknown = response.ok ? await response.json() : await response.text();
      if (signal.aborted || address !== this.#address) return;
      if (response.ok) {
        this.#found();
        this.#take(told as Delta);
      } else this.#refused(response.status);
    } catch {
      if (signal.aborted || address !== this.#address) return;
      this.#lost();
      this.log.failed();
    }
  }

  #refused(status: number): void {
    if (status === 403 || status === 404 || status === 410) this.#gone();
    else if (status === 413 && this.log.halve()) return;
    else if (status >= 400 && status < 500) {
      this.trouble = "refused";
      this.log.drop();
      this.#changed();
    } else {
      this.#lost();
      this.log.failed();
    }
  }

  /** Another board, or none, is in its place: the page knows which once it is drawn. */
  #gone(): void {
    this.trouble = "gone";
    this.log.disconnect();
    this.#stream.close();
    this.#changed();
    // A script that runs may be what has deleted the document, and be about to show another one.
    this.#connection.whenIdle(() => this.trouble === "gone" && this.#tell(0), LATER);
  }

  #take(delta: Delta): void {
    if (delta.ledger !== this.#address?.board) return;
    const next = changed(this.state, delta);
    if (!next) {
      void this.#resync();
      return;
    }
    const { log } = this;
    const first = this.version === 0;
    // A new board does not know what was unfolded before the page was reloaded.
    const unfolded = first && next.open.length === 0 ? remembered(this.document) : [];
    const own = delta.client === log.client && log.pending.some(({ n }) => n <= delta.ack);
    this.state = next;
    this.answer = delta;
    if (!own) this.#changed();
    log.read(delta); // which tells of the change where it takes something off
    if (unfolded.length > 0) log.push({ op: "open", parts: unfolded });
    this.#ask(own);
  }

  /** Something was missed between two changes: asks for all of it. */
  async #resync(): Promise<void> {
    const address = this.#address!;
    try {
      const response = await ask(address.state);
      if (response.ok) this.#take(await response.json());
    } catch {
      return; // the stream tells it once the connection is there again
    }
  }

  /**
   * Has the page drawn for what it does not show yet.
   *
   * A change that is not the person's own here is shown by the script that made it, as a rule: that
   * script may run, be about to, or have ended a moment ago.
   */
  #ask(own: boolean): void {
    if (!this.#due) return;
    if (own && this.#asked <= this.#drawn) {
      this.#connection.whenIdle(() => this.#due && this.#tell(this.version), SOON);
      return;
    }
    const until = Date.now() + (own ? SOON : LATER);
    this.#asking ??= setTimeout(() => this.#askAt(until, own), SOON);
  }

  /**
   * Asks, unless a script runs that may still show it.
   *
   * @param until when to ask all the same, in milliseconds
   * @param quiet whether no script ran when this looked last
   */
  #askAt(until: number, quiet: boolean): void {
    this.#asking = undefined;
    if (!this.#due) return;
    const { running } = this.#connection;
    if ((running || !quiet) && Date.now() < until) {
      this.#asking = setTimeout(() => this.#askAt(until, !running), SOON);
    } else this.#tell(this.version);
  }

  get #due(): boolean {
    return this.version > Math.max(this.#drawn, this.#asked);
  }

  #tell(version: number): void {
    this.#asked = version;
    [...this.#tells.values()].at(-1)?.(version);
  }

  /** An address with the version that the page has; it holds the token already. */
  #since(address: string): string {
    return `${address}&version=${this.version}`;
  }

  #found(): void {
    if (!this.#connection.connected || this.lostAt === 0) return;
    this.lostAt = 0;
    this.#changed();
  }

  #lost(): void {
    if (this.lostAt > 0) return;
    this.lostAt = Date.now();
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Asks a route beside the page. */
function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(new URL(path, document.baseURI), init);
}

const links = new Map<string, Link>();

/** The link of a document on this page. */
export function linkOf(document: string): Link {
  let link = links.get(document);
  if (!link) {
    link = new Link(document);
    links.set(document, link);
  }
  return link;
}
