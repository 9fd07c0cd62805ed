/** plotly.js, loaded once a page and only when a chart asks for it. */

/** A line as plotly.js takes it: https://plotly.com/javascript/reference. */
export type Trace = Record<string, unknown>;
export type Layout = Record<string, unknown>;

interface Axis {
  autorange: boolean;
  range: [number, number];
}

/** The element that plotly.js draws into, once it has. */
export interface Plot extends HTMLElement {
  data?: Trace[];
  layout: { xaxis: Axis; yaxis: Axis };
  /** Whether a frame is being drawn with the mouse; plotly.js has no public word for it. */
  _dragging?: boolean;
  on(name: "plotly_relayout", listener: () => void): void;
  on(name: "plotly_click", listener: (event: Click) => void): void;
}

export interface Click {
  points?: { customdata?: unknown }[];
}

export interface Plotly {
  react(plot: Plot, traces: Trace[], layout: Layout, config: object): Promise<unknown>;
  purge(plot: Plot): void;
  toImage(figure: { data: Trace[]; layout: Layout }, options: object): Promise<string>;
}

declare global {
  interface Window {
    Plotly?: Plotly;
  }
}

export const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "autosize" };
export const RETRY_MS = 3_000;

let loading: Promise<Plotly> | null = null;

/** Gives plotly.js; the first call starts loading it, without holding up the page. */
export function plotly(url: string): Promise<Plotly> {
  loading ??= new Promise((resolve, reject) => {
    const fail = () => {
      loading = null;
      reject(new Error("plotly.js could not be loaded"));
    };
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = new URL(url, document.baseURI).href;
    script.async = true;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : fail());
    script.onerror = () => {
      script.remove();
      fail();
    };
    document.head.append(script);
  });
  return loading;
}
