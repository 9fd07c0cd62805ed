// A chart is likely to come: what it takes a second to load is loaded while the browser is idle.

import { plotly } from "./plotly.js";

const LATEST_MS = 3000;

export class SoonView {
  #asked = false;

  update({ data }) {
    if (this.#asked) return;
    this.#asked = true;
    const load = () => plotly(data.plotly).catch(() => {}); // the chart will say so
    if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: LATEST_MS });
    else setTimeout(load, LATEST_MS / 3);
  }

  destroy() {}
}
