import { make, setText } from "../kit/dom";
import { metric } from "../kit/numbers";
import type { Place } from "../kit/streamlit";
import type { Choice, Line, Theme } from "./chartPicture";
import type { Plot } from "./plotly";
import { LOST } from "./progressWords";
import { type Format, saveMenu } from "./save";
import { latest, type Point } from "./series";
import type { RunStream } from "./stream";
import { colorAt } from "./theme";

/** What the person may ask of a chart. */
export interface Acts {
  smooth(weight: number): void;
  toggleLog(): void;
  showAll(): void;
  save(format: Format): void;
}

/** What a chart shows. */
export interface Shown {
  lines: readonly Line[];
  found: Point | null;
  choice: Choice;
  stream: RunStream | null;
  note: string;
}

/** What stands around the plot: caption, legend, tools, and the same in words. */
export class ChartFrame {
  readonly plot = make("div", { class: "cs-chart-plot", role: "img" }) as HTMLElement as Plot;
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
  #words = make("p", { class: "cs-sr" });
  readonly root: HTMLElement;

  constructor(parent: Place, acts: Acts) {
    const smooth = make("label", { title: "Smooth the line of the batches" });
    smooth.append(make("span", {}, "smooth"), this.#slider);
    const about = "Save this chart as a picture or a table";
    const save = saveMenu("Save this chart", about, (format) => acts.save(format));
    const tools = make("span", { class: "cs-chart-tools" }, smooth, this.#log, this.#reset, save);
    const caption = make("figcaption", {}, this.#title, this.#legend, this.#note, tools);
    this.root = make("figure", { class: "cs-chart" }, caption, this.plot, this.#words);
    parent.append(this.root);
    this.#slider.addEventListener("input", () => acts.smooth(this.#slider.valueAsNumber));
    this.#log.addEventListener("click", () => acts.toggleLog());
    this.#reset.addEventListener("click", () => acts.showAll());
  }

  /** Takes the title, the height in pixels, and how much is smoothed. */
  arrange(title: string, height: number, smoothing: number): void {
    this.#slider.valueAsNumber = smoothing;
    this.root.style.height = `${height}px`; // a caption of two lines takes from the plot
    setText(this.#title, title);
    this.plot.setAttribute("aria-label", `Chart: ${title} by epoch`);
  }

  /** Says in the caption, in attributes and in words what the chart shows. */
  describe({ lines, found, choice, stream, note }: Shown, theme: Theme): void {
    const parts = lines.map((line) => ({ ...line, last: latest(line.xs, line.ys) }));
    const named = parts.filter(({ dashed }) => !dashed);
    this.#legend.replaceChildren(
      ...named.map(({ name, label, last }) =>
        make(
          "span",
          {
            style: `--line:${theme.lines.get(name)}`,
            title: last && `${last.y} at epoch ${last.x}`,
          },
          make("i"),
          named.length > 1 ? `${label} ` : "", // of one alone the title says it
          make("b", {}, metric(last?.y)),
        ),
      ),
    );
    this.root.toggleAttribute("data-many", named.length > 2 || note !== "");
    this.root.toggleAttribute("data-single", named.length === 1);
    this.#reset.disabled = !choice.x && !choice.y;
    this.#log.setAttribute("aria-pressed", String(choice.log));
    const lost = stream?.connection === "lost";
    const empty = parts.every(({ last }) => !last);
    setText(this.#note, lost ? LOST : empty ? awaited(stream) : note);
    this.#note.classList.toggle("cs-lost", lost);
    this.root.dataset.best = String(found?.x ?? "");
    this.root.dataset.connection = stream?.connection ?? "none";
    this.root.dataset.received = String(lines.reduce((sum, line) => sum + line.xs.length, 0));
    const words = parts.flatMap(({ label, last }) =>
      last ? `${label} ${metric(last.y)} at epoch ${last.x.toFixed(1)}` : [],
    );
    setText(this.#words, `${this.#title.textContent}: ${words.join("; ") || "no values yet"}.`);
  }

  /** Reads the colors as they are here. */
  theme(lines: readonly { name: string; color: string }[]): Theme {
    const at = (expression: string) => colorAt(this.root, expression);
    return {
      text: at("var(--st-text-color)"),
      background: at("var(--st-background-color)"),
      grid: at("var(--cs-border)"),
      muted: at("var(--cs-muted-ink)"),
      font: getComputedStyle(this.root).fontFamily,
      lines: new Map(lines.map(({ name, color }) => [name, at(`var(--cs-${color})`)])),
    };
  }
}

/** Says why there is no line; some values come once an epoch. */
function awaited(stream: RunStream | null): string {
  if (!stream || stream.connection === "ended") return "no values";
  return stream.epochs.length ? "waiting for the end of an epoch" : "waiting for the first batch";
}
