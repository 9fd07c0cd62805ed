/** What Streamlit's page says about itself: is the server there, is the script running? */

export class Connection {
  connected: boolean;
  #app = document.querySelector<HTMLElement>('[data-testid="stApp"]');
  #waiting = new Set<() => void>();
  #observer: MutationObserver;

  /** `onChange` is called when the connection is lost or found. */
  constructor(onChange: () => void) {
    this.connected = this.#read();
    this.#observer = new MutationObserver(() => {
      if (!this.running) this.#release();
      const connected = this.#read();
      if (connected === this.connected) return;
      this.connected = connected;
      onChange();
    });
    if (this.#app) {
      const attributeFilter = ["data-test-connection-state", "data-test-script-state"];
      this.#observer.observe(this.#app, { attributes: true, attributeFilter });
    }
  }

  /** Whether the script runs, or is about to: what it does to the page is not there yet. */
  get running(): boolean {
    const state = this.#app?.dataset.testScriptState;
    return state === "running" || state === "rerunRequested";
  }

  /**
   * Calls `go` when the script has come to its end, but after `linger` milliseconds at the latest:
   * a message cuts the running script short, and what it has not drawn yet waits for the next one.
   */
  whenIdle(go: () => void, linger: number): void {
    if (!this.running) {
      go();
      return;
    }
    const once = () => {
      clearTimeout(timer);
      if (this.#waiting.delete(once)) go();
    };
    const timer = setTimeout(once, linger);
    this.#waiting.add(once);
  }

  #release(): void {
    for (const once of [...this.#waiting]) once();
  }

  #read(): boolean {
    return (this.#app?.dataset.testConnectionState ?? "CONNECTED") === "CONNECTED";
  }
}
