import { make, setText } from "./dom.js";
import { toCsv } from "./figure_table.ts";
import { plotly } from "./plotly.js";
import { download, FORMATS } from "./save.js";

const RETRY_MS = 3_000;
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "autosize" };
const SAVED = { width: 1000, scale: 2 }; // pixels of a saved picture; a PNG has `scale` times as many

/** A figure that Python has made: drawn anew only where it has changed, and without losing the zoom. */
export class FigureView {
  #title = make("b");
  #save = make(
    "select",
    { "aria-label": "Save this picture", title: "Save this picture, or its numbers as a table" },
    make("option", { value: "" }, "save ▾"),
    ...FORMATS.map((format) => make("option", { value: format }, format.toUpperCase())),
  );
  #plot = make("div", { class: "cs-chart-plot", role: "img" });
  #root = make(
    "figure",
    { class: "cs-chart cs-figure" },
    make("figcaption", {}, this.#title, make("span", { class: "cs-chart-tools" }, this.#save)),
    this.#plot,
  );
  #resize = new ResizeObserver(() => this.#draw());
  #component = null;
  #text = "";
  #figure = null;
  #plotly = null;
  #drawn = "";
  #waiting = false;

  constructor(parent) {
    parent.append(this.#root);
    this.#save.addEventListener("change", () => {
      const format = this.#save.value;
      this.#save.value = "";
      this.#saveAs(format);
    });
    this.#resize.observe(this.#plot);
  }

  update(component) {
    const { data } = component;
    this.#component = component;
    this.#root.style.height = `${data.height}px`;
    setText(this.#title, data.title);
    this.#plot.setAttribute("aria-label", data.description);
    if (data.figure !== this.#text) {
      this.#text = data.figure;
      this.#figure = JSON.parse(data.figure);
    }
    this.#load();
    this.#draw();
  }

  #load() {
    if (this.#plotly || this.#waiting) return;
    this.#waiting = true;
    plotly(this.#component.data.plotly).then(
      (Plotly) => {
        this.#plotly = Plotly;
        this.#draw();
      },
      () => {
        this.#waiting = false;
        if (this.#root.isConnected) setTimeout(() => this.#load(), RETRY_MS);
      },
    );
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#plot;
    const state = `${width}×${height} ${this.#text}`;
    if (!this.#plotly || !width || !height || state === this.#drawn) return;
    if (this.#plot._dragging) return setTimeout(() => this.#draw(), 200); // a frame that is being drawn stays
    const first = !this.#plot.data;
    this.#drawn = state;
    const layout = { ...this.#figure.layout, width, height, uirevision: this.#component.data.id };
    this.#plotly.react(this.#plot, this.#figure.data, layout, CONFIG).then(() => {
      if (first) this.#plot.on("plotly_click", (event) => this.#open(event));
      this.#root.dataset.drawn = this.#figure.data.length;
    });
  }

  /** Tells which thing a point stands for, where Python has said so. */
  #open({ points }) {
    const id = points?.[0]?.customdata;
    if (typeof id === "string") this.#component.setTriggerValue("open", id);
  }

  async #saveAs(format) {
    const name = this.#component.data.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    if (format === "csv") {
      const text = new Blob([toCsv(this.#figure)], { type: "text/csv" });
      return download(URL.createObjectURL(text), `${name}.csv`);
    }
    const drawer = await plotly(this.#component.data.plotly);
    const { title, background, text } = { ...this.#component.data, ...this.#colors() };
    const layout = {
      ...this.#figure.layout,
      width: SAVED.width,
      height: Math.max(this.#plot.clientHeight, 300) + 50,
      margin: { ...this.#figure.layout.margin, t: 60 },
      paper_bgcolor: background,
      title: {
        text: title.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
        x: 0.02,
        font: { size: 16, color: text },
      },
    };
    const options = { format, width: layout.width, height: layout.height, scale: SAVED.scale };
    download(
      await drawer.toImage({ data: this.#figure.data, layout }, options),
      `${name}.${format}`,
    );
  }

  #colors() {
    const style = getComputedStyle(
      document.querySelector('[data-testid="stApp"]') ?? document.body,
    );
    return { background: style.backgroundColor, text: style.color };
  }

  destroy() {
    this.#resize.disconnect();
    this.#plotly?.purge(this.#plot);
    this.#root.remove();
  }
}
