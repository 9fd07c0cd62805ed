/** A chart is likely to come: what it takes a second to load is loaded while the browser is idle. */

import type { SoonData } from "../generated/charts";
import type { Component } from "../kit/streamlit";
import { CONFIG, type Plot, type Plotly, plotly } from "./plotly";
import { whenIdle } from "./turn";

export class SoonView {
  #asked = false;

  update({ data }: Component<SoonData>): void {
    if (this.#asked) return;
    this.#asked = true;
    whenIdle(() => {
      plotly(data.plotly).then(
        (loaded) => whenIdle(() => this.#drawOnce(loaded)),
        () => {}, // the chart will say so
      );
    });
  }

  /** Draws a figure that nobody sees: the first one costs the browser a quarter of a second more. */
  async #drawOnce(drawer: Plotly): Promise<void> {
    const plot = document.createElement("div") as HTMLElement as Plot;
    const traces = ["lines", "markers"].map((mode) => ({
      mode,
      x: [0, 1],
      y: [0, 1],
      text: ["a"],
    }));
    await drawer.react(plot, traces, { width: 300, height: 200 }, CONFIG);
    drawer.purge(plot);
  }

  destroy(): void {}
}
