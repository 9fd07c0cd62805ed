/** Written by `python -m scripts.wire`: change the Python, then run that. */

/** A chart; `points` are pairs of a line's name and its places and values. */
export interface ChartData {
  kind: "chart";
  id: string;
  plotly: string;
  series: LineData[];
  title: string;
  height: number;
  smoothing: number;
  log: boolean;
  from_zero: boolean;
  note: string;
  points: [string, [number[], (number | null)[]]][] | null;
  run: string | null;
  url: string | null;
}

/** A figure of Plotly's, as JSON, and what is exchanged in it where the page is dark. */
export interface FigureData {
  kind: "figure";
  id: string;
  plotly: string;
  figure: string;
  dark: string;
  title: string;
  description: string;
  height: number;
}

/** A line: its key, its name in the legend, and the style sheet's name of its color. */
export interface LineData {
  name: string;
  label: string;
  color: string;
  dashed: boolean;
}

/** The end of a run's log. */
export interface LogData {
  kind: "log";
  height: number;
  run: string;
  url: string;
}

/** A run's progress; `state` holds the pairs of what the page knows as `StateTold`. */
export interface ProgressData {
  kind: "progress";
  state: [string, unknown][] | null;
  run: string;
  url: string;
}

/** Nothing to draw: a chart is likely to come. */
export interface SoonData {
  kind: "soon";
  plotly: string;
}
