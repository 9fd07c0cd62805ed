/** A board's server-sent events, as long as somebody looks at the page. */

const HIDDEN = 30_000; // milliseconds that a page in the background goes on listening
const AGAIN = [500, 1000, 2000, 5000]; // milliseconds after a refusal, the last for all

/** What the stream asks and tells. */
export interface Hearer {
  /** Where events are to be had now; null for nowhere. */
  address(): string | null;
  changed(told: string): void;
  gone(): void;
}

export class Stream {
  #source: EventSource | null = null;
  #failures = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #hiding: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly hearer: Hearer) {
    document.addEventListener("visibilitychange", () => this.#onVisibility());
  }

  /** Begins to listen, unless it does or nobody looks. */
  listen(): void {
    if (this.#source || document.hidden) return;
    const address = this.hearer.address();
    if (address === null) return;
    clearTimeout(this.#again);
    const source = new EventSource(new URL(address, document.baseURI));
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
    };
    source.addEventListener("changed", (event) => this.hearer.changed(event.data));
    source.addEventListener("gone", () => this.hearer.gone());
    source.onerror = () => {
      // The browser tries again by itself unless the answer was a refusal.
      if (source !== this.#source || source.readyState !== EventSource.CLOSED) return;
      this.close();
      const wait = AGAIN[Math.min(this.#failures++, AGAIN.length - 1)];
      this.#again = setTimeout(() => this.listen(), wait);
    };
  }

  close(): void {
    clearTimeout(this.#again);
    this.#source?.close();
    this.#source = null;
  }

  /** A browser has six connections to a server for all of its tabs: hidden ones leave theirs. */
  #onVisibility(): void {
    clearTimeout(this.#hiding);
    if (document.hidden) this.#hiding = setTimeout(() => this.close(), HIDDEN);
    else this.listen();
  }
}
