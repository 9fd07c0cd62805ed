/** What plotly.js is given for a chart of metrics over epochs. Nothing here knows the page. */

import type { LineData } from "../generated/charts";
import { metric } from "../kit/numbers";
import type { Layout, Trace } from "./plotly";
import { best, type Point, reduce, smooth, type Values, visible } from "./series";
import { plain } from "./theme";

const MAX_POINTS = 2_000; // of a line; a screen shows no more

/** A line with its points; a dense one has a point for each batch. */
export interface Line extends LineData {
  xs: readonly number[];
  ys: Values;
  dense: boolean;
}

export type Range = [number, number];

/** What the person chose: parts of both axes, null for all; and how the values are shown. */
export interface Choice {
  x: Range | null;
  y: Range | null;
  log: boolean;
  smoothing: number;
}

export interface Theme {
  text: string;
  background: string;
  grid: string;
  muted: string;
  font: string;
  lines: ReadonlyMap<string, string>;
}

/** Gives a line's traces: its points, and smoothed ones above them where that was chosen. */
export function traces(line: Line, choice: Choice, theme: Theme): Trace[] {
  const { name, label, xs, ys, dense, dashed } = line;
  const color = theme.lines.get(name);
  const weight = dense ? choice.smoothing : 0;
  const [start, stop] = choice.x ? visible(xs, ...choice.x) : [0, xs.length];
  const keep = reduce(ys, start, stop, MAX_POINTS);
  const pick = (values: Values) => keep.map((index) => values[index]);
  const base = { type: "scatter", name: plain(label), x: pick(xs) };
  const hover = { hovertemplate: "%{y:.4~g}" };
  const raw = {
    ...base,
    y: pick(ys),
    meta: keep.length,
    mode: (dense || dashed) && keep.length > 1 ? "lines" : "lines+markers",
    line: { color, width: dense ? 1.3 : dashed ? 1.5 : 2, dash: dashed ? "dash" : "solid" },
    showlegend: !weight,
    marker: { color, size: 6 },
    cliponaxis: false,
    opacity: weight ? 0.28 : 1,
    ...(weight ? { hoverinfo: "skip" } : hover),
  };
  if (!weight) return [raw];
  const smoothed = pick(smooth(ys, weight));
  return [raw, { ...base, ...hover, y: smoothed, mode: "lines", line: { color, width: 2 } }];
}

/** The last epoch that the axis has to show. */
export function lastEpoch(lines: readonly Line[], asked: number): number {
  return Math.max(1, asked, ...lines.map((line) => line.xs.at(-1) ?? 0));
}

/** The best value of the validation, once there are two to choose from. */
export function bestOf(lines: readonly Line[]): Point | null {
  const line = lines.find(({ name, xs }) => name.startsWith("val_") && xs.length > 1);
  return line ? best(line.name, line.xs, line.ys) : null;
}

/** Whether there is no value yet: an axis would number what nobody knows. */
export function isEmpty(lines: readonly Line[]): boolean {
  return lines.every(({ xs }) => xs.length === 0);
}

/** Writes axes, fonts and colors, and marks the best epoch. */
export function layout(
  end: number,
  found: Point | null,
  choice: Choice,
  theme: Theme,
  { fromZero = false, empty = false },
): Layout {
  const { x, y, log } = choice;
  const { text, grid, background, muted, font } = theme;
  const axis = {
    gridcolor: grid,
    linecolor: grid,
    zeroline: false,
    tickfont: { color: muted, size: 11 },
    fixedrange: false,
    automargin: true,
  };
  return {
    margin: { l: 46, r: 10, t: 6, b: 34 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: font, color: text, size: 11 },
    showlegend: false,
    ...marker(found, end, muted, background),
    hovermode: "x unified",
    hoverlabel: {
      bgcolor: background,
      bordercolor: grid,
      font: { color: text, size: 11, family: font },
    },
    dragmode: "zoom",
    xaxis: {
      ...axis,
      title: { text: "epoch", standoff: 4, font: { color: muted, size: 11 } },
      unifiedhovertitle: { text: "epoch %{x:.2f}" },
      showspikes: true,
      spikemode: "across",
      spikedash: "solid",
      spikethickness: 1,
      spikecolor: muted,
      range: x ?? [0, end],
      autorange: false,
      uirevision: JSON.stringify(x),
    },
    yaxis: {
      ...axis,
      type: log ? "log" : "linear",
      rangemode: fromZero ? "tozero" : "normal",
      tickformat: log ? "~g" : "", // else only the last digit of most ticks would show
      ...(y ? { range: y, autorange: false } : { autorange: true }),
      ...(empty && { range: [0, 1], autorange: false }),
      showticklabels: !empty,
      uirevision: JSON.stringify([log, y, empty]),
      exponentformat: "e",
    },
  };
}

function marker(found: Point | null, end: number, color: string, ground: string): Layout {
  if (!found) return { shapes: [], annotations: [] };
  const at = { xref: "x", yref: "paper" };
  const line = { color, width: 1, dash: "dot" };
  return {
    shapes: [{ ...at, type: "line", x0: found.x, x1: found.x, y0: 0, y1: 1, line }],
    annotations: [
      {
        ...at,
        x: found.x,
        y: 1,
        yanchor: "top",
        xanchor: found.x > end / 2 ? "right" : "left",
        showarrow: false,
        text: `best ${metric(found.y)}`,
        font: { color, size: 11 },
        bgcolor: ground, // it stands where the best values are
        borderpad: 1,
      },
    ],
  };
}
