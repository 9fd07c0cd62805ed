const REST_MS = 400; // what is out of sight waits so long for what is on the screen
const LATEST_MS = 3_000;

/** Calls back when the browser has nothing else to do, or after three seconds. */
export function whenIdle(act: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: LATEST_MS });
  else setTimeout(act, LATEST_MS / 3);
}

/** Whose turn it is: what is seen is drawn at once, the rest while the browser is idle. */
export class Turn {
  hasCome = false;
  #come: () => void;
  #seen: IntersectionObserver;
  #timer: ReturnType<typeof setTimeout>;

  constructor(element: Element, come: () => void) {
    this.#come = come;
    this.#seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#now();
    });
    this.#seen.observe(element);
    this.#timer = setTimeout(() => whenIdle(() => this.#now()), REST_MS);
  }

  #now(): void {
    if (this.hasCome) return;
    this.hasCome = true;
    this.end();
    this.#come();
  }

  end(): void {
    this.#seen.disconnect();
    clearTimeout(this.#timer);
  }
}
