import { h, setText } from "../../shared/dom.js";

const THRESHOLD = 5; // pixels that a press may tremble without being a drag
const EDGE = 36; // pixels from the edge of the list in which it scrolls by itself

/**
 * Follow a press until it is let go. Up to the threshold it is none of our business: the element's
 * own click happens. After it, a chip follows the pointer, and Esc or leaving gives up.
 *
 * @param {PointerEvent} event the press
 * @param {object} what `label` and `category` of the chip; `root`, where the chip is put;
 *   `scroller`, which scrolls near its edges; `over(x, y, shift)`, called while moving, which may
 *   say in words where it would go; `start()`; `end(dropped)`, called once, with whether it was let
 *   go rather than given up
 */
export function follow(event, what) {
  if (event.button !== 0 || event.pointerType === "touch") return;
  new Gesture(event, what);
}

class Gesture {
  #stop = new AbortController();
  #chip = null;
  #place = null;
  #frame = 0;

  constructor({ clientX, clientY, pointerId }, what) {
    this.what = what;
    this.from = { x: clientX, y: clientY };
    const listen = (name, handler) =>
      window.addEventListener(name, handler, { capture: true, signal: this.#stop.signal });
    listen("pointermove", (event) => event.pointerId === pointerId && this.#move(event));
    listen("pointerup", (event) => event.pointerId === pointerId && this.#finish(true));
    listen("pointercancel", () => this.#finish(false));
    listen("blur", (event) => event.target === window && this.#finish(false));
    listen("keyup", (event) => this.#turn(event));
    listen("keydown", (event) => {
      this.#turn(event);
      if (event.key !== "Escape" || !this.#chip) return;
      event.preventDefault();
      event.stopPropagation();
      this.#finish(false);
    });
  }

  #move({ clientX: x, clientY: y, buttons, shiftKey }) {
    if (buttons === 0) return this.#finish(false);
    if (!this.#chip) {
      if (Math.hypot(x - this.from.x, y - this.from.y) < THRESHOLD) return;
      this.#start();
    }
    this.at = { x, y };
    this.shift = shiftKey;
    this.#over();
    const left = Math.min(x + 12, window.innerWidth - this.#chip.offsetWidth - 8);
    this.#chip.style.transform = `translate(${left}px, ${y + 10}px)`;
  }

  /** Shift counts at once, also while the pointer rests. */
  #turn({ key, shiftKey }) {
    if (key !== "Shift" || !this.#chip || this.shift === shiftKey) return;
    this.shift = shiftKey;
    this.#over();
  }

  #over() {
    const { x, y } = this.at;
    setText(this.#place, this.what.over(x, y, this.shift) ?? "");
  }

  #start() {
    const { label, category, root } = this.what;
    this.#place = h("span", { class: "place" });
    const tick = h("span", { class: "tick" });
    this.#chip = h("div", { class: "chip", "data-category": category }, tick, label, this.#place);
    root.append(this.#chip);
    root.classList.add("dragging");
    this.what.start();
    this.#scroll();
  }

  /** Scroll the list while the pointer is near its upper or lower edge, or beyond it. */
  #scroll() {
    this.#frame = requestAnimationFrame(() => this.#scroll());
    if (!this.at) return;
    const { scroller } = this.what;
    const box = scroller.getBoundingClientRect();
    if (this.at.x < box.left || this.at.x > box.right) return;
    const above = box.top + EDGE - this.at.y;
    const below = this.at.y - (box.bottom - EDGE);
    const speed = Math.min(EDGE, Math.max(above, below, 0)) / 4;
    if (speed === 0) return;
    scroller.scrollTop += above > below ? -speed : speed;
    this.#over();
  }

  #finish(dropped) {
    this.#stop.abort();
    if (!this.#chip) return;
    cancelAnimationFrame(this.#frame);
    this.#chip.remove();
    this.what.root.classList.remove("dragging");
    swallowClick();
    this.what.end(dropped);
  }
}

/** The click that ends a drag isn't one. */
function swallowClick() {
  const swallow = (event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
}
