import type { ChartData } from "../generated/charts";
import { download, downloadCsv, fileName } from "../kit/files";
import type { Component, Place } from "../kit/streamlit";
import { ChartFrame } from "./chartFrame";
import {
  bestOf,
  type Choice,
  isEmpty,
  type Line,
  lastEpoch,
  layout,
  type Theme,
  traces,
} from "./chartPicture";
import { CONFIG, type Plotly, plotly, RETRY_MS } from "./plotly";
import { type Format, table } from "./save";
import { Following } from "./stream";
import { plain } from "./theme";

const DRAW_MS = 200; // no person reads faster
const DRAW_SHARE = 4; // and all charts together take at most this part of the time: a training may need it
const SAVED = { width: 900, height: 500, scale: 2 }; // pixels of a saved picture; a PNG has `scale` times as many

const shown = new Set<ChartView>();
const choices = new Map<string, Choice>(); // by the chart's id: what the person chose, over remounts

/** A chart of a run's metrics that grows while it is looked at. */
export class ChartView {
  #frame: ChartFrame;
  #following = new Following(() => this.#plan());
  #resize = new ResizeObserver(() => this.#plan());
  #data!: ChartData;
  #points: Map<string, [readonly number[], readonly (number | null)[]]> | null = null;
  #choice!: Choice;
  #theme!: Theme;
  #plotly: Plotly | null = null;
  #arrived = Promise.withResolvers<Plotly>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawn = 0;
  #pace = DRAW_MS;

  constructor(parent: Place) {
    this.#frame = new ChartFrame(parent, {
      smooth: (smoothing) => this.#choose({ smoothing }),
      toggleLog: () => this.#choose({ log: !this.#choice.log, y: null }),
      showAll: () => this.#choose({ x: null, y: null }),
      save: (format) => void this.#saveAs(format),
    });
    this.#resize.observe(this.#frame.plot);
    shown.add(this);
  }

  update({ data }: Component<ChartData>): void {
    this.#data = data;
    this.#points = data.points && new Map(data.points);
    const { id, log, smoothing } = data;
    this.#choice = choices.get(id) ?? { x: null, y: null, log, smoothing };
    choices.set(id, this.#choice);
    this.#frame.arrange(data.title, data.height, this.#choice.smoothing);
    this.#following.follow(data.run, data.url);
    this.#theme = this.#frame.theme(data.series);
    this.#load();
    this.#plan(0);
  }

  #load(): void {
    plotly(this.#data.plotly).then(
      (loaded) => {
        this.#plotly = loaded;
        this.#arrived.resolve(loaded);
        this.#plan(0);
      },
      () => {
        if (this.#frame.root.isConnected) setTimeout(() => this.#load(), RETRY_MS);
      },
    );
  }

  #choose(change: Partial<Choice>): void {
    Object.assign(this.#choice, change);
    this.#plan(0);
  }

  /** Draws soon, but not too often. */
  #plan(wait = this.#pace): void {
    if (this.#timer !== undefined && wait > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#draw();
      },
      Math.max(wait && this.#drawn + wait - performance.now(), 0),
    );
  }

  #draw(): void {
    const { plot, root } = this.#frame;
    const lines = this.#lines();
    const found = bestOf(lines);
    const { stream } = this.#following;
    const { note } = this.#data;
    this.#frame.describe({ lines, found, choice: this.#choice, stream, note }, this.#theme);
    if (!this.#plotly || !plot.clientWidth) return;
    if (plot._dragging) {
      this.#plan(); // a frame that is being drawn stays
      return;
    }
    this.#drawn = performance.now();
    const drawn = lines.map((line) => traces(line, this.#choice, this.#theme));
    const first = !plot.data;
    const size = { width: plot.clientWidth, height: plot.clientHeight };
    const arranged = { ...size, ...this.#layout(lines) };
    this.#plotly.react(plot, drawn.flat(), arranged, CONFIG).then(() => {
      const taken = performance.now() - this.#drawn;
      this.#pace = Math.max(DRAW_MS, DRAW_SHARE * shown.size * taken);
      if (first) plot.on("plotly_relayout", () => this.#keepZoom());
      root.dataset.points = String(drawn.reduce((sum, [raw]) => sum + Number(raw?.meta ?? 0), 0));
    });
  }

  /** Gathers the lines: batches where the run has them, else finished epochs, or what Python gave. */
  #lines(): Line[] {
    const { stream } = this.#following;
    return this.#data.series.map((line) => {
      if (this.#points || !stream) {
        const [xs, ys] = this.#points?.get(line.name) ?? [[], []];
        return { ...line, xs, ys, dense: false };
      }
      const batches = stream.series.get(line.name);
      if (batches) return { ...line, xs: stream.epochs, ys: batches, dense: true };
      const rows = stream.finished.filter((row) => row.metrics[line.name] != null);
      return {
        ...line,
        xs: rows.map((row) => row.epoch),
        ys: rows.map((row) => row.metrics[line.name] ?? null),
        dense: false,
      };
    });
  }

  #layout(lines: readonly Line[]) {
    const end = lastEpoch(lines, this.#following.stream?.state?.epochs ?? 0);
    const kind = { fromZero: this.#data.from_zero, empty: isEmpty(lines) };
    return layout(end, bestOf(lines), this.#choice, this.#theme, kind);
  }

  /** Saves what is shown: as a picture with its title and legend, or all values as a table. */
  async #saveAs(format: Format): Promise<void> {
    const { title, note } = this.#data;
    const lines = this.#lines();
    const name = fileName(title);
    if (format === "csv") return downloadCsv(table("epoch", lines), name);
    const drawer = await this.#arrived.promise; // who is quick chooses before it is there
    const { background, text } = this.#theme;
    const arranged = {
      ...this.#layout(lines),
      width: SAVED.width,
      height: SAVED.height,
      margin: { l: 60, r: 20, t: 44, b: 44 },
      paper_bgcolor: background,
      plot_bgcolor: background,
      title: {
        text: plain(note ? `${title}: ${note}` : title),
        x: 0.02,
        font: { size: 15, color: text },
      },
      showlegend: true,
    };
    const data = lines.flatMap((line) => traces(line, this.#choice, this.#theme));
    const picture = await drawer.toImage({ data, layout: arranged }, { format, ...SAVED });
    download(picture, `${name}.${format}`);
  }

  /** Keeps the part that the person chose to see, over updates and remounts. */
  #keepZoom(): void {
    const { xaxis, yaxis } = this.#frame.plot.layout;
    const whole = xaxis.autorange === true && yaxis.autorange === true;
    this.#choose(
      whole
        ? { x: null, y: null }
        : { x: [...xaxis.range], y: yaxis.autorange ? null : [...yaxis.range] },
    );
  }

  destroy(): void {
    shown.delete(this);
    clearTimeout(this.#timer);
    this.#following.end();
    this.#resize.disconnect();
    this.#plotly?.purge(this.#frame.plot);
    this.#frame.root.remove();
  }
}
