/** What Streamlit's page says about itself: is the server there, is the script running? */

const LINGER = 200;

export class Connection {
  #app = document.querySelector('[data-testid="stApp"]');
  #waiting = new Set();

  /** @param {() => void} onChange called when the connection is lost or found */
  constructor(onChange) {
    this.connected = this.#read();
    this.observer = new MutationObserver(() => {
      if (!this.running) this.#release();
      const connected = this.#read();
      if (connected === this.connected) return;
      this.connected = connected;
      onChange();
    });
    if (this.#app) {
      const attributeFilter = ["data-test-connection-state", "data-test-script-state"];
      this.observer.observe(this.#app, { attributes: true, attributeFilter });
    }
  }

  get running() {
    return this.#app?.dataset.testScriptState === "running";
  }

  /**
   * Call `go` when the script has come to its end, but after 200 ms at the latest: a message cuts
   * the running script short, and what stands below the editor would never be drawn.
   */
  whenIdle(go) {
    if (!this.running) return go();
    const once = () => {
      clearTimeout(timer);
      if (this.#waiting.delete(once)) go();
    };
    const timer = setTimeout(once, LINGER);
    this.#waiting.add(once);
  }

  close() {
    this.observer.disconnect();
    this.#release();
  }

  #release() {
    for (const once of [...this.#waiting]) once();
  }

  #read() {
    return (this.#app?.dataset.testConnectionState ?? "CONNECTED") === "CONNECTED";
  }
}
