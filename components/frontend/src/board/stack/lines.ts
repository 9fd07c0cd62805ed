/** The lines of the stack in the page: which has the keyboard, where they lie, going along them. */

const LINE = ".row, .part";
const MARGIN = 6; // pixels that are seen beyond a line that is brought into view

export class Lines {
  /** True while the keyboard is put somewhere, rather than moved by the person. */
  quiet = false;
  #waits = false; // for the first row, which is on its way: then the keyboard goes there

  /**
   * @param scroller what scrolls the list
   * @param list what holds the lines
   */
  constructor(
    private readonly scroller: HTMLElement,
    private readonly list: HTMLElement,
  ) {}

  row(id: string | null): HTMLElement | null {
    return id === null ? null : this.list.querySelector(`[data-node-id="${CSS.escape(id)}"]`);
  }

  /** The row or part that has the keyboard. */
  focused(): HTMLElement | null {
    const line = this.#active?.closest<HTMLElement>(LINE) ?? null;
    return line && this.list.contains(line) ? line : null;
  }

  /** The part that has the keyboard. */
  focusedPart(): HTMLElement | null {
    const line = this.focused();
    return line?.matches(".part") ? line : null;
  }

  /** Gives a row the keyboard, or the first one, without selecting it. */
  focus(id: string | null): void {
    const row = this.row(id) ?? this.list.querySelector<HTMLElement>(".row");
    this.quiet = true;
    row?.focus({ preventScroll: true });
    this.quiet = false;
    this.#waits = row === null;
    const field = row ? null : this.#active?.closest<HTMLElement>("input");
    field?.blur(); // what is typed now is meant for the rows
  }

  /** Rows were drawn: gives one the keyboard where that waited for it, and is nowhere else. */
  arrive(id: string | null): void {
    if (this.#waits && document.activeElement === document.body) this.focus(id);
    else this.#waits = false;
  }

  /** Goes by some lines, up or down, through rows and what is inside of them. */
  step(by: number): void {
    const lines = this.#all();
    const line = this.focused();
    if (line) this.#go(lines[lines.indexOf(line) + by]);
  }

  /** From a part to what it is inside of. */
  goOut(): void {
    const part = this.focused();
    if (!part) return;
    const level = (line: HTMLElement) => Number(line.ariaLevel);
    const lines = this.#all();
    const above = lines.slice(0, lines.indexOf(part)).reverse();
    this.#go(above.find((line) => level(line) < level(part)));
  }

  /** Scrolls just as far as needed to see a row; the page itself stays where it is. */
  reveal(id: string | null): void {
    this.#reveal(this.row(id));
  }

  /** The id of the row above the gap nearest to a height on the screen; null above the first. */
  nearest(clientY: number): string | null {
    let after: string | null = null;
    for (const row of this.list.querySelectorAll<HTMLElement>(".row")) {
      const box = row.getBoundingClientRect();
      if (clientY < box.top + box.height / 2) break;
      after = row.dataset.nodeId!;
    }
    return after;
  }

  get #active(): Element | null {
    return (this.list.getRootNode() as Document | ShadowRoot).activeElement;
  }

  #all(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(LINE)];
  }

  #go(line: HTMLElement | undefined): void {
    line?.focus({ preventScroll: true });
    this.#reveal(line ?? null);
  }

  #reveal(line: HTMLElement | null): void {
    if (!line) return;
    const { scrollTop, clientHeight } = this.scroller;
    const top = line.offsetTop - MARGIN;
    const bottom = line.offsetTop + line.offsetHeight + MARGIN;
    if (top < scrollTop) this.scroller.scrollTop = Math.max(0, top);
    else if (bottom > scrollTop + clientHeight) this.scroller.scrollTop = bottom - clientHeight;
  }
}
