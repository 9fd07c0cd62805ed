// Where Streamlit's component comes in: one view per place in the page, whatever it redraws.

import { ChartView } from "./chart.js";
import { FigureView } from "./figure.js";
import { LogView } from "./log.js";
import { ProgressView } from "./progress.js";
import { SoonView } from "./soon.js";

const KINDS = {
  chart: ChartView,
  figure: FigureView,
  progress: ProgressView,
  log: LogView,
  soon: SoonView,
};
const views = new WeakMap();

/** What Python has as a dict comes as pairs: see `plain` there. */
function unpacked(data) {
  const dicts = ["state", "points"].filter((name) => data[name]);
  return {
    ...data,
    ...Object.fromEntries(dicts.map((name) => [name, Object.fromEntries(data[name])])),
  };
}

/** Draws what Python asked for, or updates what stands there; returns the clean-up. */
export function mount(component) {
  const { parentElement, data } = component;
  let view = views.get(parentElement);
  if (!(view instanceof KINDS[data.kind])) {
    view?.destroy();
    view = new KINDS[data.kind](parentElement);
    views.set(parentElement, view);
  }
  view.update({ ...component, data: unpacked(data) });
  // Streamlit also cleans up after calls that a newer one has overtaken: look whether it is gone.
  return () =>
    setTimeout(() => {
      if (parentElement.isConnected || views.get(parentElement) !== view) return;
      views.delete(parentElement);
      view.destroy();
    });
}
