import type { LogData } from "../generated/charts";
import { make, setText } from "../kit/dom";
import type { Component, Place } from "../kit/streamlit";
import { Following } from "./stream";

/** The end of a run's log; it follows the end unless the person has scrolled away from it. */
export class LogView {
  #root = make("pre", { class: "cs-log", tabindex: 0, "aria-label": "End of the log" });
  #following = new Following(() => this.#draw());

  constructor(parent: Place) {
    parent.append(this.#root);
  }

  update({ data }: Component<LogData>): void {
    this.#root.style.maxHeight = `${data.height}px`;
    this.#following.follow(data.run, data.url);
    this.#draw();
  }

  #draw(): void {
    const root = this.#root;
    const atEnd = root.scrollHeight - root.scrollTop - root.clientHeight < 20;
    setText(root, this.#following.stream?.log || "Nothing yet.");
    if (atEnd) root.scrollTop = root.scrollHeight;
  }

  destroy(): void {
    this.#following.end();
    this.#root.remove();
  }
}
