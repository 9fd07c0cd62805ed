import { setAttribute, svg } from "../../shared/dom.js";
import { inLanes } from "./links.js";

const MARGIN = 20; // room for the "+" between rows
const LANE = 8;
const CENTER = 15; // of a row's first line, from its top
const BEND = 4;

/** The links drawn left of the rows, like the branches of a history. */
export class Gutter {
  constructor() {
    this.element = svg("svg", { class: "gutter", "aria-hidden": "true" });
    this.drawn = "";
  }

  /** The lanes and the room they need, in pixels, left of the rows. */
  plan(links, rows) {
    this.spans = inLanes(links, rows);
    const lanes = this.spans.reduce((most, span) => Math.max(most, span.lane + 1), 0);
    this.width = MARGIN + (lanes ? lanes * LANE + 6 : 0);
    return this.width;
  }

  /** Draw what was planned. `top(id)` is a row's top, `height` the height of all rows. */
  draw(top, height, selected) {
    const drawn = JSON.stringify([
      this.width,
      height,
      this.spans.map(({ source, targets, lane }) => [
        lane,
        top(source),
        targets.map(top),
        source === selected || targets.includes(selected),
      ]),
    ]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    setAttribute(this.element, "width", this.width);
    setAttribute(this.element, "height", height);
    const paths = this.spans.flatMap((span) => this.#paths(span, top, selected));
    // What belongs to the selected row is drawn last, over the others.
    paths.sort((a, b) => a.classList.contains("on") - b.classList.contains("on"));
    this.element.replaceChildren(...paths);
  }

  #paths({ source, targets, lane }, top, selected) {
    const right = this.width - 1;
    const x = right - 6 - lane * LANE - 0.5;
    const start = top(source) + CENTER + 4.5;
    return targets.map((target) => {
      const end = top(target) + CENTER - 3.5;
      const line =
        `M${right} ${start}H${x + BEND}Q${x} ${start} ${x} ${start + BEND}` +
        `V${end - BEND}Q${x} ${end} ${x + BEND} ${end}H${right}`;
      const head = `M${right - 3} ${end - 3}L${right} ${end}L${right - 3} ${end + 3}`;
      const on = source === selected || target === selected;
      return svg("path", { d: line + head, class: on ? "on" : "" });
    });
  }
}
