import { colorAt, LOST, make, setText } from "./dom.js";
import { metric } from "./format.js";
import { plotly } from "./plotly.js";
import { download, FORMATS, table } from "./save.js";
import { best, latest, reduce, smooth, visible } from "./series.js";
import { streamOf } from "./stream.js";

const DRAW_MS = 200; // no person reads faster
const DRAW_SHARE = 5; // and drawing takes at most this part of a slow machine's time
const MAX_POINTS = 2_000; // of a line; a screen shows no more
const RETRY_MS = 3_000;
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "autosize" };

const SAVED = { width: 900, height: 500, scale: 2 }; // pixels of a saved picture; a PNG has `scale` times as many

const settings = new Map(); // chart → what the person chose, over remounts

/** A chart of a run's metrics that grows while it is looked at. */
export class ChartView {
  #title = make("b");
  #legend = make("span", { class: "cs-chart-legend" });
  #note = make("span", { class: "cs-chart-note" });
  #slider = make("input", {
    type: "range",
    min: 0,
    max: 0.98,
    step: 0.02,
    "aria-label": "Smoothing",
  });
  #log = make("button", { type: "button", title: "Logarithmic axis" }, "log");
  #reset = make(
    "button",
    { type: "button", title: "Show everything again", "aria-label": "reset zoom", disabled: true },
    "reset",
    make("span", {}, " zoom"),
  );
  #save = make(
    "select",
    { "aria-label": "Save this chart", title: "Save this chart as a picture or a table" },
    make("option", { value: "" }, "save ▾"),
    ...FORMATS.map((format) => make("option", { value: format }, format.toUpperCase())),
  );
  #plot = make("div", { class: "cs-chart-plot", role: "img" });
  #words = make("p", { class: "cs-sr" });
  #root = make(
    "figure",
    { class: "cs-chart" },
    make(
      "figcaption",
      {},
      this.#title,
      this.#legend,
      this.#note,
      make(
        "span",
        { class: "cs-chart-tools" },
        make(
          "label",
          { title: "Smooth the line of the batches" },
          make("span", {}, "smooth"),
          this.#slider,
        ),
        this.#log,
        this.#reset,
        this.#save,
      ),
    ),
    this.#plot,
    this.#words,
  );
  #resize = new ResizeObserver(() => this.#plan());
  #data = null;
  #choice = null; // {x, y, log, smoothing}
  #stream = null;
  #unsubscribe = () => {};
  #plotly = null;
  #arrived = Promise.withResolvers(); // gives plotly.js
  #colors = {};
  #timer = 0;
  #drawn = 0;
  #pace = DRAW_MS;

  constructor(parent) {
    parent.append(this.#root);
    this.#slider.addEventListener("input", () =>
      this.#choose({ smoothing: Number(this.#slider.value) }),
    );
    this.#log.addEventListener("click", () => this.#choose({ log: !this.#choice.log, y: null }));
    this.#reset.addEventListener("click", () => this.#choose({ x: null, y: null }));
    this.#save.addEventListener("change", () => {
      const format = this.#save.value;
      this.#save.value = "";
      this.#saveAs(format);
    });
    this.#resize.observe(this.#plot);
  }

  update({ data }) {
    this.#data = data;
    if (!settings.has(data.id)) {
      settings.set(data.id, { x: null, y: null, log: data.log, smoothing: data.smoothing });
    }
    this.#choice = settings.get(data.id);
    this.#slider.value = this.#choice.smoothing;
    this.#root.style.height = `${data.height}px`; // a caption of two lines takes from the plot
    setText(this.#title, data.title);
    this.#follow(data.run ? streamOf(data.run, data.url) : null);
    this.#readTheme();
    this.#load();
    this.#plan(0);
  }

  #follow(stream) {
    if (stream === this.#stream) return;
    this.#unsubscribe();
    this.#stream = stream;
    this.#unsubscribe = stream ? stream.subscribe(() => this.#plan()) : () => {};
  }

  #load() {
    plotly(this.#data.plotly).then(
      (Plotly) => {
        this.#plotly = Plotly;
        this.#arrived.resolve(Plotly);
        this.#plan(0);
      },
      () => this.#root.isConnected && setTimeout(() => this.#load(), RETRY_MS),
    );
  }

  #choose(change) {
    Object.assign(this.#choice, change);
    this.#plan(0);
  }

  /** Draws soon, but not too often. */
  #plan(wait = this.#pace) {
    if (this.#timer && wait > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#timer = 0;
        this.#draw();
      },
      Math.max(wait && this.#drawn + wait - performance.now(), 0),
    );
  }

  #draw() {
    const lines = this.#lines();
    this.#describe(lines);
    if (!this.#plotly || !this.#plot.clientWidth) return;
    if (this.#plot._dragging) return this.#plan(); // a frame that is being drawn stays
    this.#drawn = performance.now();
    const traces = lines.flatMap((line) => this.#traces(line));
    const first = !this.#plot.data;
    this.#plotly.react(this.#plot, traces, this.#layout(lines), CONFIG).then(() => {
      this.#pace = Math.max(DRAW_MS, DRAW_SHARE * (performance.now() - this.#drawn));
      if (first) this.#plot.on("plotly_relayout", () => this.#keepZoom());
      this.#root.dataset.points = traces.reduce((sum, trace) => sum + (trace.meta ?? 0), 0);
    });
  }

  /** Gathers the lines: batches where the run has them, else finished epochs, or what Python gave. */
  #lines() {
    const { series, points } = this.#data;
    const stream = this.#stream;
    return series.map((line) => {
      if (points)
        return { ...line, xs: points[line.name]?.[0] ?? [], ys: points[line.name]?.[1] ?? [] };
      const batches = stream.series.get(line.name);
      if (batches) return { ...line, xs: stream.epochs, ys: batches, dense: true };
      const rows = stream.finished.filter((row) => row.metrics[line.name] != null);
      return {
        ...line,
        xs: rows.map((row) => row.epoch),
        ys: rows.map((row) => row.metrics[line.name]),
      };
    });
  }

  #traces({ name, label, xs, ys, dense, dashed }) {
    const color = this.#colors[name];
    const weight = dense ? this.#choice.smoothing : 0;
    const [start, stop] = this.#choice.x ? visible(xs, ...this.#choice.x) : [0, xs.length];
    const keep = reduce(ys, start, stop, MAX_POINTS);
    const pick = (values) => keep.map((index) => values[index]);
    const base = { type: "scatter", name: plain(label), x: pick(xs), hovertemplate: "%{y:.4~g}" };
    const raw = {
      ...base,
      y: pick(ys),
      meta: keep.length,
      mode: (dense || dashed) && keep.length > 1 ? "lines" : "lines+markers",
      line: {
        color: color,
        width: dense ? 1.3 : dashed ? 1.5 : 2,
        dash: dashed ? "dash" : "solid",
      },
      showlegend: !weight,
      marker: { color: color, size: 6 },
      cliponaxis: false,
      opacity: weight ? 0.28 : 1,
      hoverinfo: weight ? "skip" : undefined,
    };
    if (!weight) return [raw];
    delete raw.hovertemplate;
    return [
      raw,
      { ...base, y: pick(smooth(ys, weight)), mode: "lines", line: { color: color, width: 2 } },
    ];
  }

  #layout(lines) {
    const { x, y, log } = this.#choice;
    const { text, grid, background, muted, font } = this.#colors;
    const end = this.#end(lines);
    const axis = {
      gridcolor: grid,
      linecolor: grid,
      zeroline: false,
      tickfont: { color: muted, size: 11 },
      fixedrange: false,
      automargin: true,
    };
    return {
      width: this.#plot.clientWidth,
      height: this.#plot.clientHeight,
      margin: { l: 46, r: 10, t: 6, b: 34 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: font, color: text, size: 11 },
      showlegend: false,
      ...this.#marker(lines),
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
        rangemode: this.#data.from_zero ? "tozero" : "normal",
        tickformat: log ? "~g" : "", // else only the last digit of most ticks would show
        ...(y ? { range: y, autorange: false } : { autorange: true }),
        uirevision: JSON.stringify([log, y]),
        exponentformat: "e",
      },
    };
  }

  /** Saves what is shown: as a picture with its title and legend, or all values as a table. */
  async #saveAs(format) {
    const { title, note } = this.#data;
    const lines = this.#lines();
    const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    if (format === "csv") {
      const text = new Blob([table("epoch", lines)], { type: "text/csv" });
      return download(URL.createObjectURL(text), `${name}.csv`);
    }
    const drawer = await this.#arrived.promise; // who is quick chooses before it is there
    const { background, text } = this.#colors;
    const layout = {
      ...this.#layout(lines),
      width: SAVED.width,
      height: SAVED.height,
      margin: { l: 60, r: 20, t: 44, b: 44 },
      paper_bgcolor: background,
      plot_bgcolor: background,
      title: {
        text: plain([title, note].filter(Boolean).join(": ")),
        x: 0.02,
        font: { size: 15, color: text },
      },
      showlegend: true,
    };
    const data = lines.flatMap((line) => this.#traces(line));
    download(await drawer.toImage({ data, layout }, { format, ...SAVED }), `${name}.${format}`);
  }

  /** The last epoch that the axis has to show. */
  #end(lines) {
    return Math.max(
      1,
      this.#stream?.state?.epochs ?? 0,
      ...lines.map((line) => line.xs.at(-1) ?? 0),
    );
  }

  /** Marks the epoch with the best value of the validation, once there are two to choose from. */
  #marker(lines) {
    const line = lines.find(({ name, xs }) => name.startsWith("val_") && xs.length > 1);
    const found = line && best(line.name, line.xs, line.ys);
    this.#root.dataset.best = found?.x ?? "";
    if (!found) return { shapes: [], annotations: [] };
    const { muted } = this.#colors;
    const at = { xref: "x", yref: "paper" };
    const side = found.x > this.#end(lines) / 2 ? "right" : "left";
    return {
      shapes: [
        {
          ...at,
          type: "line",
          x0: found.x,
          x1: found.x,
          y0: 0,
          y1: 1,
          line: { color: muted, width: 1, dash: "dot" },
        },
      ],
      annotations: [
        {
          ...at,
          x: found.x,
          y: 1,
          yanchor: "top",
          xanchor: side,
          showarrow: false,
          text: `best ${metric(found.y)}`,
          font: { color: muted, size: 11 },
        },
      ],
    };
  }

  /** Keeps the part that the person chose to see, over updates and remounts. */
  #keepZoom() {
    const { xaxis, yaxis } = this.#plot.layout;
    const whole = xaxis.autorange === true && yaxis.autorange === true;
    this.#choose(
      whole
        ? { x: null, y: null }
        : { x: [...xaxis.range], y: yaxis.autorange ? null : [...yaxis.range] },
    );
  }

  /** Says why there is no line; some values come once an epoch. */
  #awaited() {
    if (!this.#stream || this.#stream.connection === "ended") return "no values";
    return this.#stream.epochs.length
      ? "waiting for the end of an epoch"
      : "waiting for the first batch";
  }

  /** Says in the caption, in attributes and in words what the chart shows. */
  #describe(lines) {
    const parts = lines.map(({ name, label, xs, ys, dashed }) => ({
      name,
      label,
      dashed,
      last: latest(xs, ys),
    }));
    const named = parts.filter(({ dashed }) => !dashed);
    this.#legend.replaceChildren(
      ...named.map(({ name, label, last }) =>
        make(
          "span",
          { style: `--line:${this.#colors[name]}`, title: last && `${last.y} at epoch ${last.x}` },
          make("i"),
          `${label} `,
          make("b", {}, metric(last?.y)),
        ),
      ),
    );
    this.#root.toggleAttribute("data-many", named.length > 2 || Boolean(this.#data.note));
    const { x, y, log } = this.#choice;
    this.#reset.disabled = !x && !y;
    this.#log.setAttribute("aria-pressed", log);
    const lost = this.#stream?.connection === "lost";
    const empty = parts.every(({ last }) => !last);
    setText(this.#note, lost ? LOST : empty ? this.#awaited() : this.#data.note);
    this.#note.classList.toggle("cs-lost", lost);
    this.#root.dataset.connection = this.#stream?.connection ?? "none";
    this.#root.dataset.received = lines.reduce((sum, line) => sum + line.xs.length, 0);
    this.#plot.setAttribute("aria-label", `Chart: ${this.#data.title} by epoch`);
    const words = parts
      .filter(({ last }) => last)
      .map(({ label, last }) => `${label} ${metric(last.y)} at epoch ${last.x.toFixed(1)}`);
    setText(this.#words, `${this.#data.title}: ${words.join("; ") || "no values yet"}.`);
  }

  #readTheme() {
    const at = (expression) => colorAt(this.#root, expression);
    this.#colors = {
      text: at("var(--st-text-color)"),
      background: at("var(--st-background-color)"),
      grid: at("var(--cs-border)"),
      muted: at("var(--cs-muted-ink)"),
      font: getComputedStyle(this.#root).fontFamily,
    };
    for (const { name, color } of this.#data.series) this.#colors[name] = at(`var(--cs-${color})`);
  }

  destroy() {
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.#resize.disconnect();
    this.#plotly?.purge(this.#plot);
    this.#root.remove();
  }
}

/** Plotly takes some tags in texts for formatting; a name holds none. */
function plain(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
