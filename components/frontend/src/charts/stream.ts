/** One stream of events a run, shared by everything on the page that shows the run. */

import {
  ACTIVE,
  type EpochTold,
  type LogTold,
  type PointsTold,
  type StateTold,
} from "../generated/runs";

const LINGER_MS = 2_000; // a remount must not cost a new connection
const HIDDEN_MS = 10_000; // browsers allow six connections a host: a tab in the background gives its back
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const KEPT = 6; // runs whose points are kept although they are not shown

const streams = new Map<string, RunStream>();

/** Says whether a run may still change by itself. */
export function isActive(state: StateTold | null): boolean {
  return state !== null && ACTIVE.includes(state.state);
}

/** Gives the stream of a run, with all that came over it so far. */
export function streamOf(runId: string, url: string): RunStream {
  let stream = streams.get(runId);
  if (!stream) {
    dropIdle(); // before it stands there: as long as nobody listens to it, it is idle itself
    stream = new RunStream(url);
    streams.set(runId, stream);
  }
  stream.takeUrl(url);
  return stream;
}

function dropIdle(): void {
  for (const [runId, stream] of streams) {
    if (streams.size < KEPT) return;
    if (!stream.isIdle) continue;
    stream.forget();
    streams.delete(runId);
  }
}

export type Connection = "connecting" | "open" | "lost" | "ended";

type Listener = () => void;
type Timer = ReturnType<typeof setTimeout> | undefined;

export class RunStream {
  epochs: number[] = []; // fractional epoch of each batch
  series = new Map<string, (number | null)[]>(); // metric → values, as long as `epochs`
  finished: EpochTold[] = [];
  state: StateTold | null = null;
  log = "";
  connection: Connection = "connecting";
  #url: string;
  #source: EventSource | null = null;
  #listeners = new Set<Listener>();
  #lastStep = -1;
  #lastEpoch = 0;
  #failures = 0;
  #timer: Timer;
  #hidden: Timer;
  #gone = new AbortController();

  constructor(url: string) {
    this.#url = url;
    const { signal } = this.#gone;
    document.addEventListener("visibilitychange", () => this.#onVisibility(), { signal });
  }

  /** Lets go of the page: nobody asks for this stream again. */
  forget(): void {
    this.#gone.abort();
  }

  get isIdle(): boolean {
    return this.#listeners.size === 0 && this.#source === null;
  }

  /** Takes a new address, as after a restart of the server, whose old tokens are void. */
  takeUrl(url: string): void {
    if (url === this.#url) return;
    this.#url = url;
    if (this.#listeners.size && this.connection !== "ended") this.#open();
  }

  /** Opens the stream again where the page knows that the run goes on. */
  revive(state: StateTold | null): void {
    if (this.connection !== "ended" || state === null || !isActive(state)) return;
    if (this.state && !(state.session > this.state.session || state.state === "queued")) return;
    this.connection = "connecting";
    if (this.#listeners.size) this.#open();
  }

  /** Calls `listener` whenever something came; returns a function that ends it. */
  subscribe(listener: Listener): () => void {
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

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #open(): void {
    this.#close();
    const url = new URL(this.#url, document.baseURI);
    url.searchParams.set("after", String(this.#lastStep));
    url.searchParams.set("after_epoch", String(this.#lastEpoch));
    const source = new EventSource(url);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#setConnection("open");
    };
    source.onerror = () => this.#onError(source);
    const on = <Told>(name: string, take: (told: Told) => void) =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        take(JSON.parse(event.data));
        this.#tell();
      });
    on<PointsTold>("points", (told) => this.#takePoints(told));
    on<EpochTold>("epoch", (told) => this.#takeEpoch(told));
    on<LogTold>("log", ({ text }) => {
      this.log = text;
    });
    on<StateTold>("state", (told) => this.#takeState(told));
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** The browser tries again by itself unless the answer was a refusal. */
  #onError(source: EventSource): void {
    if (source !== this.#source) return;
    this.#setConnection("lost");
    if (source.readyState !== EventSource.CLOSED) return;
    this.#close();
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
    this.#timer = setTimeout(() => {
      if (this.#listeners.size) this.#open();
    }, wait);
  }

  #onVisibility(): void {
    clearTimeout(this.#hidden);
    if (document.visibilityState === "hidden") {
      this.#hidden = setTimeout(() => this.#close(), HIDDEN_MS);
    } else if (!this.#source && this.#listeners.size && this.connection !== "ended") {
      this.#open();
    }
  }

  #setConnection(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.#tell();
  }

  #takePoints({ steps, epochs, series }: PointsTold): void {
    const start = steps.findIndex((step) => step > this.#lastStep);
    if (start < 0) return;
    const before = this.epochs.length;
    const added = steps.length - start;
    for (let i = start; i < steps.length; i++) this.epochs.push(epochs[i]!);
    for (const name of Object.keys(series)) {
      if (!this.series.has(name)) this.series.set(name, new Array(before).fill(null));
    }
    for (const [name, values] of this.series) {
      const fresh = series[name];
      for (let i = 0; i < added; i++) values.push(fresh?.[start + i] ?? null);
    }
    this.#lastStep = steps.at(-1)!;
  }

  #takeEpoch(data: EpochTold): void {
    if (data.epoch <= this.#lastEpoch) return;
    this.#lastEpoch = data.epoch;
    this.finished.push(data);
  }

  /** Forgets all points: a run that goes on from a checkpoint draws those behind it once more. */
  #restart(): void {
    this.epochs = [];
    this.series = new Map();
    this.finished = [];
    this.#lastStep = -1;
    this.#lastEpoch = 0;
    this.#open();
  }

  #takeState(state: StateTold): void {
    const goesOn = this.state && state.session > this.state.session && state.session > 1;
    this.state = state;
    if (goesOn && this.#lastStep >= 0) this.#restart();
    if (isActive(state)) return;
    this.#close();
    this.connection = "ended";
  }
}

/** What a view hears of one run at a time. */
export class Following {
  stream: RunStream | null = null;
  #unsubscribe = () => {};
  #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Follows a run, or none; the run that was followed before is let go. */
  follow(run: string | null, url: string | null): void {
    const stream = run !== null && url !== null ? streamOf(run, url) : null;
    if (stream === this.stream) return;
    this.#unsubscribe();
    this.stream = stream;
    this.#unsubscribe = stream?.subscribe(this.#listener) ?? (() => {});
  }

  end(): void {
    this.#unsubscribe();
  }
}
