// One stream of events a run, shared by everything on the page that shows the run.

const LINGER_MS = 2_000; // a remount must not cost a new connection
const HIDDEN_MS = 10_000; // browsers allow six connections a host: a tab in the background gives its back
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const KEPT = 6; // runs whose points are kept although they are not shown

const streams = new Map();

const ACTIVE = new Set(["queued", "starting", "running", "pausing", "stopping"]);

/** Says whether a run may still change by itself. */
export function isActive(state) {
  return ACTIVE.has(state?.state);
}

/** Gives the stream of a run, with all that came over it so far. */
export function streamOf(runId, url) {
  let stream = streams.get(runId);
  if (!stream) {
    stream = new RunStream(url);
    streams.set(runId, stream);
    dropIdle();
  }
  stream.takeUrl(url);
  return stream;
}

function dropIdle() {
  for (const [runId, stream] of streams) {
    if (streams.size <= KEPT) return;
    if (stream.isIdle) streams.delete(runId);
  }
}

class RunStream {
  epochs = []; // fractional epoch of each batch
  series = new Map(); // metric → values, as long as `epochs`
  finished = []; // {epoch, metrics} of each finished epoch
  state = null;
  log = "";
  connection = "connecting"; // connecting, open, lost, ended
  #url;
  #source = null;
  #listeners = new Set();
  #lastStep = -1;
  #lastEpoch = 0;
  #failures = 0;
  #timer = 0;
  #hidden = 0;

  constructor(url) {
    this.#url = url;
    document.addEventListener("visibilitychange", () => this.#onVisibility());
  }

  get isIdle() {
    return this.#listeners.size === 0 && this.#source === null;
  }

  /** Takes a new address, as after a restart of the server, whose old tokens are void. */
  takeUrl(url) {
    if (url === this.#url) return;
    this.#url = url;
    if (this.#listeners.size && this.connection !== "ended") this.#open();
  }

  /** Opens the stream again where the page knows that the run goes on. */
  revive(state) {
    if (this.connection !== "ended" || !isActive(state)) return;
    if (this.state && !(state.session > this.state.session || state.state === "queued")) return;
    this.connection = "connecting";
    if (this.#listeners.size) this.#open();
  }

  /** Calls `listener` whenever something came; returns a function that ends it. */
  subscribe(listener) {
    this.#listeners.add(listener);
    clearTimeout(this.#timer);
    if (!this.#source && this.connection !== "ended") this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#close(), LINGER_MS);
      }
    };
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }

  #open() {
    this.#close();
    const url = new URL(this.#url, document.baseURI);
    url.searchParams.set("after", this.#lastStep);
    url.searchParams.set("after_epoch", this.#lastEpoch);
    const source = new EventSource(url);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#setConnection("open");
    };
    source.onerror = () => this.#onError(source);
    const on = (name, take) =>
      source.addEventListener(name, (event) => {
        take(JSON.parse(event.data));
        this.#tell();
      });
    on("points", (data) => this.#takePoints(data));
    on("epoch", (data) => this.#takeEpoch(data));
    on("log", (data) => (this.log = data.text));
    on("state", (data) => this.#takeState(data));
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** The browser tries again by itself unless the answer was a refusal. */
  #onError(source) {
    if (source !== this.#source) return;
    this.#setConnection("lost");
    if (source.readyState !== EventSource.CLOSED) return;
    this.#close();
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
    this.#timer = setTimeout(() => this.#listeners.size && this.#open(), wait);
  }

  #onVisibility() {
    clearTimeout(this.#hidden);
    if (document.visibilityState === "hidden") {
      this.#hidden = setTimeout(() => this.#close(), HIDDEN_MS);
    } else if (!this.#source && this.#listeners.size && this.connection !== "ended") {
      this.#open();
    }
  }

  #setConnection(connection) {
    if (this.connection === connection) return;
    this.connection = connection;
    this.#tell();
  }

  #takePoints({ steps, epochs, series }) {
    const start = steps.findIndex((step) => step > this.#lastStep);
    if (start < 0) return;
    const before = this.epochs.length;
    const added = steps.length - start;
    for (let i = start; i < steps.length; i++) this.epochs.push(epochs[i]);
    for (const name of Object.keys(series)) {
      if (!this.series.has(name)) this.series.set(name, new Array(before).fill(null));
    }
    for (const [name, values] of this.series) {
      const fresh = series[name];
      for (let i = 0; i < added; i++) values.push(fresh ? fresh[start + i] : null);
    }
    this.#lastStep = steps[steps.length - 1];
  }

  #takeEpoch(data) {
    if (data.epoch <= this.#lastEpoch) return;
    this.#lastEpoch = data.epoch;
    this.finished.push(data);
  }

  /** Forgets all points: a run that goes on from a checkpoint draws those behind it once more. */
  #restart() {
    this.epochs = [];
    this.series = new Map();
    this.finished = [];
    this.#lastStep = -1;
    this.#lastEpoch = 0;
    this.#open();
  }

  #takeState(state) {
    const goesOn = this.state && state.session > this.state.session && state.session > 1;
    this.state = state;
    if (goesOn && this.#lastStep >= 0) this.#restart();
    if (isActive(state)) return;
    this.#close();
    this.connection = "ended";
  }
}
