/** A server that is played by hand, and the browser's page around a link. */

import { vi } from "vitest";
import type { Delta, NodeRow } from "../../src/generated/board";

export interface Request {
  url: URL;
  body: { ops: { n: number }[]; ledger: string };
  answer(told: Partial<Delta>): Promise<void>;
  refuse(status: number): Promise<void>;
  fail(): Promise<void>;
}

/** A stream of events; `tell` is the server's voice. */
export class Source {
  static all: Source[] = [];
  static CLOSED = 2;
  readyState = 1;
  onopen: () => void = () => {};
  onerror: () => void = () => {};
  #heard = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: URL) {
    Source.all.push(this);
  }

  addEventListener(name: string, hear: (event: { data: string }) => void) {
    this.#heard.set(name, hear);
  }

  close() {
    this.readyState = 2;
  }

  tell(name: string, told: unknown) {
    this.#heard.get(name)!({ data: JSON.stringify(told) });
  }

  refused() {
    this.readyState = 2;
    this.onerror();
  }

  static get open() {
    return Source.all.filter(({ readyState }) => readyState !== 2);
  }
}

const app = { dataset: {} as Record<string, string> };
let observed: () => void;

/** The requests that came, the browser's storage, and the page: anew for each test. */
export let requests: Request[];
export let kept: Map<string, string>;
export let page: { hidden: boolean; onVisibility: () => void };

export const address = (board = "B") => ({
  board,
  operations: `${board}/operations?token=t`,
  state: `${board}/state?token=t`,
  events: `${board}/events?token=t`,
  connections: `${board}/connections?token=t`,
  foresight: `${board}/foresight?token=t`,
});

export function delta(base: number | null, version: number, more: Partial<Delta> = {}): Delta {
  const nothing = { fields: {}, nodes: [], order: null, client: "", ack: 0 };
  return { ledger: "B", ...nothing, base, version, ...more };
}

export const WHOLE = delta(null, 5, {
  fields: { selection: null, others: [], open: [] },
  nodes: [{ id: "a" } as NodeRow],
});

/** Streamlit's connection and its script change their state. */
export const connection = (state: string, script = "notRunning") => {
  app.dataset = { testConnectionState: state, testScriptState: script };
  observed();
};
const flush = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/**
 * Puts the played server and page in the place of the browser's.
 *
 * @param client Who asks: the server's answers say it.
 */
export function stubs(client: () => string) {
  requests = [];
  kept = new Map();
  Source.all = [];
  app.dataset = { testConnectionState: "CONNECTED", testScriptState: "notRunning" };
  page = { hidden: false, onVisibility: () => {} };
  vi.stubGlobal("document", {
    baseURI: "http://host/app/",
    get hidden() {
      return page.hidden;
    },
    querySelector: () => app,
    addEventListener: (_: string, on: () => void) => {
      page.onVisibility = on;
    },
  });
  vi.stubGlobal(
    "MutationObserver",
    class {
      constructor(see: () => void) {
        observed = see;
      }
      observe() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
    removeItem: (name: string) => kept.delete(name),
  });
  vi.stubGlobal(
    "fetch",
    (url: URL, { body = "{}", signal }: { body?: string; signal?: AbortSignal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("aborted")));
        const reply = async (ok: boolean, status: number, json: unknown) => {
          resolve({ ok, status, json: async () => json, text: async () => "no" });
          await flush();
        };
        requests.push({
          url,
          body: JSON.parse(body),
          answer: (more) => reply(true, 200, delta(5, 6, { client: client(), ...more })),
          refuse: (status) => reply(false, status, null),
          fail: async () => {
            reject(new TypeError("network"));
            await flush();
          },
        });
      }),
  );
}
