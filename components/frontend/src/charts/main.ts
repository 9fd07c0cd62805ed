/** Where Streamlit's component comes in: one view per place in the page, whatever it redraws. */

import type { ChartData, FigureData, LogData, ProgressData, SoonData } from "../generated/charts";
import { noteLeaving } from "../kit/leaving";
import { adopt, type Component, type Place } from "../kit/streamlit";
import { ChartView } from "./chart";
import styles from "./charts.css?inline";
import { FigureView } from "./figure";
import { LogView } from "./log";
import { ProgressView } from "./progress";
import { SoonView } from "./soon";

type Data = ChartData | FigureData | LogData | ProgressData | SoonData;

interface LiveView {
  update(component: Component<Data>): void;
  destroy(): void;
}

const KINDS: Record<Data["kind"], new (parent: Place) => LiveView> = {
  chart: ChartView,
  figure: FigureView,
  progress: ProgressView,
  log: LogView,
  soon: SoonView,
};
noteLeaving();

const views = new WeakMap<Place, LiveView>();

/** Draws what Python asked for, or updates what stands there; returns the clean-up. */
export function mount(component: Component<Data>): () => void {
  const { parentElement, data } = component;
  const View = KINDS[data.kind];
  const known = views.get(parentElement);
  const view = known instanceof View ? known : new View(parentElement);
  if (view !== known) {
    known?.destroy();
    adopt(parentElement, styles);
    views.set(parentElement, view);
  }
  view.update(component);
  // Streamlit also cleans up after calls that a newer one has overtaken: look whether it is gone.
  return () => {
    setTimeout(() => {
      if (parentElement.isConnected || views.get(parentElement) !== view) return;
      views.delete(parentElement);
      view.destroy();
    });
  };
}
