import type { ProgressData } from "../generated/charts";
import type { StateTold } from "../generated/runs";
import { make, setText } from "../kit/dom";
import { whenStaying } from "../kit/leaving";
import type { Component, Place } from "../kit/streamlit";
import { loadWords } from "./loadWords";
import { doing, isTraining, LOST, rest, where } from "./progressWords";
import { Following, isActive } from "./stream";

const told = new Set<string>(); // runs whose end Python has been told

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
  #component!: Component<ProgressData>;
  #known: StateTold | null = null; // as the page knows it
  #following = new Following(() => this.#onNews());

  constructor(parent: Place) {
    parent.append(this.#root);
  }

  update(component: Component<ProgressData>): void {
    const { run, url, state } = component.data;
    this.#component = component;
    this.#known = state && (Object.fromEntries(state) as unknown as StateTold);
    this.#following.follow(run, url);
    this.#following.stream?.revive(this.#known);
    this.#onNews();
  }

  #onNews(): void {
    const stream = this.#following.stream;
    const state = stream?.state ?? this.#known;
    this.#draw(state, stream?.connection ?? "connecting");
    if (isActive(state)) told.delete(this.#component.data.run);
    else if (stream?.state) this.#tellEnd();
  }

  /** Tells Python once that the run has ended, unless it knows. */
  #tellEnd(): void {
    const { run } = this.#component.data;
    if (told.has(run) || (this.#known && !isActive(this.#known))) return;
    told.add(run);
    const component = this.#component;
    whenStaying(component.parentElement, () => component.setStateValue("finished", run));
  }

  #draw(state: StateTold | null, connection: string): void {
    const active = !state || isActive(state);
    const share = state?.share ?? 0;
    this.#root.dataset.state = state?.state ?? "";
    this.#root.dataset.connection = connection;
    this.#root.dataset.progress = share.toFixed(4);
    const busy = active && !isTraining(state) && state?.state !== "queued";
    this.#bar.classList.toggle("cs-bar-busy", busy);
    this.#bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    this.#fill.style.width = `${100 * share}%`;
    setText(this.#state, doing(state));
    setText(this.#where, where(state));
    setText(this.#rest, connection === "lost" ? LOST : rest(state));
    this.#rest.classList.toggle("cs-lost", connection === "lost");
    setText(this.#load, loadWords(state?.load, active));
    setText(this.#message, state?.message ?? "");
    this.#message.hidden = !state?.message;
  }

  destroy(): void {
    this.#following.end();
    this.#root.remove();
  }
}
