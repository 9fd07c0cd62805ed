/** Zooms and moves the diagram beside it, which Streamlit draws. */

import type { DiagramData } from "../generated/diagram";
import { make, setText } from "../kit/dom";
import { adopt, type Component, mountOf, type Place } from "../kit/streamlit";
import styles from "./diagram.css?inline";
import { first, fitted, moved, type Point, type Size, type View, wayInto, zoomed } from "./view";

const ROOM = ".st-key-cs-diagram";
const STEP = 1.25;
const ARROW = 60; // pixels
const WHEEL = 0.002; // doublings for each pixel, as on the canvas
const PINCH = /Mac/.test(navigator.platform) ? 10 : 1; // a trackpad's pinch comes as a small turn of the wheel
const LINE = 16; // pixels of a line, in which some mice count

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: ARROW, y: 0 },
  ArrowRight: { x: -ARROW, y: 0 },
  ArrowUp: { x: 0, y: ARROW },
  ArrowDown: { x: 0, y: -ARROW },
};

const attended = new WeakMap<Element, AbortController>(); // who listens to a diagram's element
const kept = new Map<string, View>(); // document → what the person chose to see, over remounts

class DiagramView {
  #data: DiagramData = { document: "", selected: "" };
  #room: HTMLElement | null = null;
  #parent: Place;
  #view: View = { scale: 1, x: 0, y: 0 };
  #percent = make("span", { class: "cs-zoom-percent", role: "status" });

  constructor(parent: Place) {
    this.#parent = parent;
    adopt(parent, styles);
    const tool = (label: string, title: string, act: () => void) => {
      const button = make("button", { type: "button", title, "aria-label": title }, label);
      button.addEventListener("click", act);
      return button;
    };
    const tools = make(
      "div",
      { class: "cs-zoom", role: "group", "aria-label": "Zoom" },
      tool("−", "Zoom out (−)", () => this.#zoom(1 / STEP)),
      this.#percent,
      tool("+", "Zoom in (+)", () => this.#zoom(STEP)),
      tool("Fit", "Show all of it (0)", () => this.#fit()),
    );
    parent.append(tools);
  }

  update({ data }: Component<DiagramData>): void {
    const before = this.#data;
    this.#data = data;
    this.#watch();
    this.#show();
    if (data.selected && data.selected !== before.selected) this.#bring(data.selected);
  }

  /** Listens to the element around the diagram and this; Streamlit may put both into another. */
  #watch(): void {
    const start = this.#parent instanceof ShadowRoot ? this.#parent.host : this.#parent;
    const room = start.closest<HTMLElement>(ROOM);
    if (room === this.#room || !room) return;
    this.#room = room;
    room.tabIndex = 0;
    room.role = "group";
    room.ariaLabel = "Diagram: arrow keys move it, + and − zoom, 0 shows all of it";
    // Streamlit makes this anew at will: whoever listened before lets go.
    attended.get(room)?.abort();
    const listening = new AbortController();
    attended.set(room, listening);
    const { signal } = listening;
    room.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false, signal });
    room.addEventListener("pointerdown", (event) => this.#onDown(event), { signal });
    room.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    const sizes = new ResizeObserver(() => this.#show());
    const drawings = new MutationObserver(() => this.#show());
    sizes.observe(room);
    drawings.observe(room, {
      childList: true,
      subtree: true,
      attributeFilter: ["width", "height"],
    });
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      drawings.disconnect();
    });
  }

  get #svg(): SVGSVGElement | null {
    return this.#room?.querySelector<SVGSVGElement>('[data-testid="stGraphVizChart"] svg') ?? null;
  }

  /** The sizes of the room and of the picture; null as long as there is no picture. */
  get #sized(): { room: Size; picture: Size } | null {
    const svg = this.#svg;
    if (!this.#room || !svg) return null;
    const { clientWidth, clientHeight } = this.#room;
    const picture = { width: svg.width.baseVal.value, height: svg.height.baseVal.value };
    if (!clientWidth || !clientHeight || !picture.width || !picture.height) return null;
    return { room: { width: clientWidth, height: clientHeight }, picture };
  }

  /** Shows what was chosen, or what one begins with, in the size that there is now. */
  #show(): void {
    const sized = this.#sized;
    if (!sized) return;
    const { room, picture } = sized;
    const chosen = kept.get(this.#data.document);
    this.#view = chosen ? moved(chosen, { x: 0, y: 0 }, room, picture) : first(room, picture);
    const { scale, x, y } = this.#view;
    const svg = this.#svg!;
    const transform = `translate(${x}px, ${y}px) scale(${scale})`;
    if (svg.style.transform !== transform) svg.style.transform = transform;
    setText(this.#percent, `${Math.round(100 * scale)} %`);
  }

  #choose(view: View): void {
    kept.set(this.#data.document, view);
    this.#show();
  }

  #fit(): void {
    const sized = this.#sized;
    if (sized) this.#choose(fitted(sized.room, sized.picture));
  }

  #zoom(by: number, at?: Point): void {
    const room = this.#sized?.room;
    if (room) this.#choose(zoomed(this.#view, by, at ?? { x: room.width / 2, y: room.height / 2 }));
  }

  #move(by: Point): void {
    const sized = this.#sized;
    if (sized) this.#choose(moved(this.#view, by, sized.room, sized.picture));
  }

  /** Brings a node into view, whether it is drawn as a box or as a frame. */
  #bring(node: string): void {
    const id = CSS.escape(node);
    const drawn = this.#svg?.querySelector(`#box-${id}, #frame-${id}`);
    const sized = this.#sized;
    if (!drawn || !sized || !this.#room) return;
    const box = drawn.getBoundingClientRect();
    const { left, top } = this.#room.getBoundingClientRect();
    const at = { x: box.x - left, y: box.y - top, width: box.width, height: box.height };
    const way = wayInto(at, sized.room);
    if (way.x || way.y) this.#move(way);
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    if (event.ctrlKey || event.metaKey) {
      const { left, top } = this.#room!.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      this.#zoom(2 ** (-event.deltaY * unit * WHEEL * (event.ctrlKey ? PINCH : 1)), at);
    } else this.#move({ x: -event.deltaX * unit, y: -event.deltaY * unit });
  }

  /** Carries the picture as long as the pointer is down. */
  #onDown(event: PointerEvent): void {
    const room = this.#room!;
    const pressed =
      event.target instanceof Element && event.target.closest("button, input, a[href]");
    if (event.button !== 0 || pressed) return;
    const stop = new AbortController();
    const { signal } = stop;
    let at = { x: event.clientX, y: event.clientY };
    room.setPointerCapture(event.pointerId);
    room.toggleAttribute("data-carried", true);
    const carry = ({ clientX, clientY }: PointerEvent) => {
      this.#move({ x: clientX - at.x, y: clientY - at.y });
      at = { x: clientX, y: clientY };
    };
    const drop = () => {
      stop.abort();
      room.removeAttribute("data-carried");
    };
    room.addEventListener("pointermove", carry, { signal });
    room.addEventListener("pointerup", drop, { signal });
    room.addEventListener("pointercancel", drop, { signal });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.#room) return;
    const arrow = ARROWS[event.key];
    if (arrow) this.#move(arrow);
    else if (event.key === "+" || event.key === "=") this.#zoom(STEP);
    else if (event.key === "-") this.#zoom(1 / STEP);
    else if (event.key === "0") this.#fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** What Streamlit calls with every change. */
export const mount = mountOf(DiagramView);
