/** A chart is likely to come: what it takes a second to load is loaded while the browser is idle. */

import type { SoonData } from "../generated/charts";
import type { Component } from "../kit/streamlit";
import { plotly } from "./plotly";

const LATEST_MS = 3_000;

export class SoonView {
  #asked = false;

  update({ data }: Component<SoonData>): void {
    if (this.#asked) return;
    this.#asked = true;
    const load = () => plotly(data.plotly).catch(() => {}); // the chart will say so
    if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: LATEST_MS });
    else setTimeout(load, LATEST_MS / 3);
  }

  destroy(): void {}
}
