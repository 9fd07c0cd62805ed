import type { FigureData } from "../generated/charts";
import { make, setText } from "../kit/dom";
import { download, downloadCsv, fileName } from "../kit/files";
import type { Component, Place } from "../kit/streamlit";
import { type Drawn, toCsv } from "./figureTable";
import { inRoom } from "./narrow";
import { type Click, CONFIG, type Plot, type Plotly, plotly, RETRY_MS } from "./plotly";
import { type Colored, type Dark, inDark } from "./recolor";
import { type Format, saveMenu } from "./save";
import { plain, schemeAt } from "./theme";
import { Turn } from "./turn";

const SAVED = { width: 1000, scale: 2 }; // pixels of a saved picture; a PNG has `scale` times as many

type Figure = Drawn & Colored;

/**
 * A figure that Python has made: drawn anew only where it or the theme has changed, and without
 * losing the zoom.
 */
export class FigureView {
  #title = make("b");
  #save = saveMenu(
    "Save this picture",
    "Save this picture, or its numbers as a table",
    (format) => void this.#saveAs(format),
  );
  #plot = make("div", { class: "cs-chart-plot", role: "img" }) as HTMLElement as Plot;
  #root = make(
    "figure",
    { class: "cs-chart cs-figure" },
    make("figcaption", {}, this.#title, make("span", { class: "cs-chart-tools" }, this.#save)),
    this.#plot,
  );
  #resize = new ResizeObserver(() => this.#draw());
  #turn = new Turn(this.#plot, () => this.#draw());
  #component!: Component<FigureData>;
  #text = "";
  #figure: Figure = { data: [], layout: {} };
  #plotly: Plotly | null = null;
  #drawn = "";
  #waiting = false;

  constructor(parent: Place) {
    parent.append(this.#root);
    this.#resize.observe(this.#plot);
  }

  update(component: Component<FigureData>): void {
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

  #load(): void {
    if (this.#plotly || this.#waiting) return;
    this.#waiting = true;
    plotly(this.#component.data.plotly).then(
      (loaded) => {
        this.#plotly = loaded;
        this.#draw();
      },
      () => {
        this.#waiting = false;
        if (this.#root.isConnected) setTimeout(() => this.#load(), RETRY_MS);
      },
    );
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#plot;
    const state = `${schemeAt(this.#root)} ${width}×${height} ${this.#text}`;
    if (!this.#plotly || !this.#turn.hasCome || !width || !height) return;
    if (state === this.#drawn) return;
    if (this.#plot._dragging) {
      setTimeout(() => this.#draw(), 200); // a frame that is being drawn stays
      return;
    }
    const first = !this.#plot.data;
    this.#drawn = state;
    const { data, layout } = this.#colored();
    const fitted = inRoom(layout, width);
    const sized = { ...fitted, width, height, uirevision: this.#component.data.id };
    this.#plotly.react(this.#plot, data, sized, CONFIG).then(() => {
      if (first) this.#plot.on("plotly_click", (event) => this.#open(event));
      this.#root.dataset.drawn = String(this.#figure.data.length);
    });
  }

  /** The figure in the colors of the theme that shows. */
  #colored(): Colored {
    if (schemeAt(this.#root) === "light") return this.#figure;
    const dark: Dark = JSON.parse(this.#component.data.dark);
    return inDark(this.#figure, dark);
  }

  /** Tells which thing a point stands for, where Python has said so. */
  #open({ points }: Click): void {
    const id = points?.[0]?.customdata;
    if (typeof id === "string") this.#component.setTriggerValue("open", id);
  }

  async #saveAs(format: Format): Promise<void> {
    const { title, plotly: url } = this.#component.data;
    if (format === "csv") return downloadCsv(toCsv(this.#figure), fileName(title));
    const { data, layout } = this.#colored();
    const drawer = await plotly(url);
    const { backgroundColor, color } = getComputedStyle(
      document.querySelector('[data-testid="stApp"]') ?? document.body,
    );
    const size = { width: SAVED.width, height: Math.max(this.#plot.clientHeight, 300) + 50 };
    const drawn = {
      ...layout,
      ...size,
      margin: { ...(layout.margin as object | undefined), t: 60 },
      paper_bgcolor: backgroundColor,
      title: { text: plain(title), x: 0.02, font: { size: 16, color } },
    };
    const options = { format, ...size, scale: SAVED.scale };
    const picture = await drawer.toImage({ data, layout: drawn }, options);
    download(picture, `${fileName(title)}.${format}`);
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#turn.end();
    this.#plotly?.purge(this.#plot);
    this.#root.remove();
  }
}
