import { LOST, make, setText } from "./dom.js";
import { count, duration, rate } from "./format.js";
import { loadWords } from "./load.js";
import { isActive, streamOf } from "./stream.js";

const WORDS = {
  queued: "Waiting to start",
  starting: "Starting",
  running: "Training",
  pausing: "Pausing after this batch",
  paused: "Paused",
  stopping: "Stopping after this batch",
  stopped: "Stopped",
  finished: "Finished",
  failed: "Failed",
  lost: "Interrupted",
  damaged: "Damaged",
};

const told = new Set(); // runs whose end Python has been told

/** A run's state in words, its progress, what is left and how fast it goes. */
export class ProgressView {
  #state = make("b", { class: "cs-progress-state", role: "status" });
  #where = make("span");
  #rest = make("span", { class: "cs-progress-rest" });
  #fill = make("i");
  #bar = make(
    "div",
    {
      class: "cs-bar",
      role: "progressbar",
      "aria-label": "Progress",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
    },
    this.#fill,
  );
  #load = make("p", { class: "cs-progress-load", role: "group", "aria-label": "Load" });
  #message = make("p", { class: "cs-progress-message", hidden: true });
  #root = make(
    "section",
    { class: "cs-progress", "aria-label": "Training" },
    make("div", { class: "cs-progress-line" }, this.#state, this.#where, this.#rest),
    this.#bar,
    this.#load,
    this.#message,
  );
  #component = null;
  #stream = null;
  #unsubscribe = () => {};

  constructor(parent) {
    parent.append(this.#root);
  }

  update(component) {
    this.#component = component;
    const { run, url } = component.data;
    const stream = streamOf(run, url);
    if (stream !== this.#stream) {
      this.#unsubscribe();
      this.#stream = stream;
      this.#unsubscribe = stream.subscribe(() => this.#onNews());
    }
    stream.revive(component.data.state);
    this.#onNews();
  }

  #onNews() {
    const state = this.#stream.state ?? this.#component.data.state;
    this.#draw(state, this.#stream.connection);
    if (isActive(state)) told.delete(this.#component.data.run);
    else if (this.#stream.state) this.#tellEnd();
  }

  /** Tells Python once that the run has ended, unless it knows. */
  #tellEnd() {
    const { run, state } = this.#component.data;
    if (told.has(run) || (state && !isActive(state))) return;
    told.add(run);
    this.#component.setStateValue("finished", run);
  }

  #draw(state, connection) {
    const active = !state || isActive(state);
    const training = active && state?.epoch > 0;
    const share = state?.state === "finished" ? 1 : progress(state);
    this.#root.dataset.state = state?.state ?? "";
    this.#root.dataset.connection = connection;
    this.#root.dataset.progress = share.toFixed(4);
    this.#bar.classList.toggle("cs-bar-busy", active && !training && state?.state !== "queued");
    this.#bar.setAttribute("aria-valuenow", Math.round(100 * share));
    this.#fill.style.width = `${100 * share}%`;
    setText(this.#state, state ? (WORDS[state.state] ?? state.state) : "Connecting");
    setText(this.#where, where(state, training));
    setText(this.#rest, connection === "lost" ? LOST : rest(state, training));
    this.#rest.classList.toggle("cs-lost", connection === "lost");
    setText(this.#load, loadWords(state?.load, active));
    setText(this.#message, state?.message ?? "");
    this.#message.hidden = !state?.message;
  }

  destroy() {
    this.#unsubscribe();
    this.#root.remove();
  }
}

function progress(state) {
  const { epoch, epochs, batch, batches } = state ?? {};
  if (!(epoch > 0) || !(epochs > 0)) return 0;
  return Math.min((epoch - 1 + batch / Math.max(batches, 1)) / epochs, 1);
}

function where(state, training) {
  if (!state) return "";
  if (state.state === "queued")
    return state.epoch > 0 ? `epoch ${count(state.epoch)} of ${count(state.epochs)}` : "";
  if (training || (!isActive(state) && state.epoch > 0)) {
    const inside = training || (state.state !== "finished" && state.batch < state.batches);
    const batch = inside ? ` · batch ${count(state.batch)} of ${count(state.batches)}` : "";
    const preparing = training && state.preparing ? ` · ${state.preparing}` : "";
    return `epoch ${count(state.epoch)} of ${count(state.epochs)}${batch}${preparing}`;
  }
  return state.stage ?? "";
}

function rest(state, training) {
  if (!state) return "";
  const parts = [];
  if (training) {
    if (state.eta_seconds != null) parts.push(`${duration(state.eta_seconds)} left`);
    if (state.images_per_second != null) parts.push(rate(state.images_per_second));
  } else if (!isActive(state) && state.started != null && state.finished != null) {
    parts.push(`took ${duration(state.seconds || state.finished - state.started)}`);
  }
  return parts.join(" · ");
}
