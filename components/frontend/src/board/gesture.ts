/** A press that becomes a drag: by mouse and pen at once, by a finger that is held or goes aside. */

const THRESHOLD = 5; // pixels that a press may tremble without being a drag
const HOLD = 350; // milliseconds after which a finger at rest takes what it is on

/** What is told of a drag. */
export interface Dragging {
  begin(): void;
  over(x: number, y: number, shift: boolean): void;
  /** Called once a frame, also while the pointer rests. */
  rest(x: number, y: number, shift: boolean): void;
  /** Called once, with whether it was let go rather than given up. */
  end(dropped: boolean): void;
}

/**
 * Follows a press until it is let go. Up to the threshold it is none of our business: the element's
 * own click happens, and a finger scrolls. After it, Escape or leaving the window gives up.
 */
export class Gesture {
  #stop = new AbortController();
  #from: { x: number; y: number };
  #at: { x: number; y: number };
  #shift = false;
  #drags = false;
  #frame = 0;
  #held: ReturnType<typeof setTimeout> | undefined;

  static follow(press: PointerEvent, what: Dragging): void {
    if (press.button === 0) new Gesture(press, what);
  }

  private constructor(
    press: PointerEvent,
    private readonly what: Dragging,
  ) {
    const { clientX, clientY, pointerId, pointerType } = press;
    this.#from = this.#at = { x: clientX, y: clientY };
    const listen = <K extends keyof WindowEventMap>(
      name: K,
      handler: (event: WindowEventMap[K]) => void,
    ) =>
      window.addEventListener(name, handler, {
        capture: true,
        passive: false,
        signal: this.#stop.signal,
      });
    const touch = pointerType === "touch";
    listen("pointermove", (event) => event.pointerId === pointerId && this.#move(event, touch));
    listen("pointerup", (event) => event.pointerId === pointerId && this.#finish(true));
    listen("pointercancel", (event) => event.pointerId === pointerId && this.#finish(false));
    listen("blur", (event) => event.target === window && this.#finish(false));
    listen("keyup", (event) => this.#turn(event));
    listen("keydown", (event) => this.#key(event));
    if (!touch) return;
    listen("touchmove", (event) => this.#drags && event.preventDefault());
    listen("contextmenu", (event) => event.preventDefault());
    this.#held = setTimeout(() => this.#start(), HOLD);
  }

  #move({ clientX: x, clientY: y, buttons, shiftKey }: PointerEvent, touch: boolean): void {
    const [across, along] = [Math.abs(x - this.#from.x), Math.abs(y - this.#from.y)];
    const begins = !this.#drags && Math.hypot(across, along) >= THRESHOLD;
    const scrolls = begins && touch && along > across;
    this.#at = { x, y };
    this.#shift = shiftKey;
    if (buttons === 0 || scrolls) this.#finish(false);
    else if (begins) this.#start();
    else if (this.#drags) this.#over();
  }

  #key(event: KeyboardEvent): void {
    this.#turn(event);
    if (event.key !== "Escape" || !this.#drags) return;
    event.preventDefault();
    event.stopPropagation();
    this.#finish(false);
  }

  /** Shift counts at once, also while the pointer rests. */
  #turn({ key, shiftKey }: KeyboardEvent): void {
    if (key !== "Shift" || !this.#drags || this.#shift === shiftKey) return;
    this.#shift = shiftKey;
    this.#over();
  }

  #over(): void {
    this.what.over(this.#at.x, this.#at.y, this.#shift);
  }

  #start(): void {
    clearTimeout(this.#held);
    this.#drags = true;
    this.what.begin();
    this.#over();
    const tick = () => {
      this.#frame = requestAnimationFrame(tick);
      this.what.rest(this.#at.x, this.#at.y, this.#shift);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  #finish(dropped: boolean): void {
    clearTimeout(this.#held);
    this.#stop.abort();
    if (!this.#drags) return;
    cancelAnimationFrame(this.#frame);
    swallowClick();
    this.what.end(dropped);
  }
}

/** The click that ends a drag isn't one. */
function swallowClick(): void {
  const swallow = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
}
