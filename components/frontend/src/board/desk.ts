/** What palette and stack share beside the network: where the next block goes, what is open. */

import { flushSync } from "react-dom";
import { Store } from "../shared/store";
import type { Operation, Session, View } from "./session/session";
import type { Lines } from "./stack/lines";
import { isOwn, type Own } from "./views";

/** A place in the stack: behind a row, or on top for null. */
export interface Place {
  after: string | null;
}

interface Shown {
  insertion: (Place & { document: string }) | null; // chosen for the next block
  dragged: Place | null; // where what is carried would go
  narrow: boolean; // whether there is no room for the palette beside the views
  dropped: boolean; // whether the palette is shown all the same
  helping: Own | null; // the view whose list of keys is shown
  full: boolean; // whether the board has the whole window
  hint: string; // what was done, or why something was not, until something else is selected
  said: string; // what a screen reader says
}

export class Desk {
  readonly shown = new Store<Shown>({
    insertion: null,
    dragged: null,
    narrow: false,
    dropped: false,
    helping: null,
    full: false,
    hint: "",
    said: "",
  });
  order: readonly string[] = []; // the views that are shown, from left to right
  latest = ""; // the one that had the keyboard last
  lines: Lines | null = null;
  searchField: { focus(): void } | null = null;
  dropButton: HTMLElement | null = null;

  constructor(readonly session: Session) {}

  get view(): View {
    return this.session.view!;
  }

  /** Where the next block goes, if that was chosen and is still there. */
  get insertion(): Place | null {
    return placeIn(this.shown.snapshot().insertion, this.view);
  }

  /** Does an operation, and draws it at once: what follows may look at the page. */
  push(operation: Operation): void {
    flushSync(() => this.session.push(operation));
  }

  set(change: Partial<Shown>): void {
    flushSync(() => this.shown.set(change));
  }

  announce(said: string): void {
    this.set({ said });
  }

  /** Says what was done, or why something is not. */
  tell(words: string): void {
    this.set({ said: words, hint: words });
  }

  /** The next block goes behind this row (null: on top): asks for it. */
  insertAt(after: string | null): void {
    this.set({ insertion: { after, document: this.view.data.document } });
    this.openPalette();
  }

  openPalette(): void {
    this.drop(true);
    this.searchField?.focus();
  }

  /** Shows the palette where there is no room for it beside the views, or hides it again. */
  drop(dropped: boolean): void {
    this.set({ dropped: dropped && this.shown.snapshot().narrow });
  }

  leavePalette(): void {
    this.closeSomething();
    this.focusRow();
  }

  /** The view that the keyboard belongs to, where nothing else has it. */
  get front(): string {
    return this.order.includes(this.latest) ? this.latest : (this.order.at(-1) ?? "");
  }

  /** Shows the list of keys of a view, or hides it; returns whether there is such a list. */
  help(view: Own | undefined = [this.front, ...this.order].find(isOwn)): boolean {
    const { helping } = this.shown.snapshot();
    this.set({ helping: helping === view || !view ? null : view });
    return view !== undefined;
  }

  /** Hides the list of keys of a view; that of another one, which may have come since, stays. */
  hideHelp(view: Own): void {
    if (this.shown.snapshot().helping === view) this.set({ helping: null });
  }

  focusRow(): void {
    this.lines?.focus(this.view.selection);
  }

  /** Gives the board the whole window, or takes it back. */
  fill(full: boolean): void {
    this.set({ full });
  }

  /** Closes the topmost thing that is open; returns whether there was one. */
  closeSomething(): boolean {
    const { helping, dropped } = this.shown.snapshot();
    if (helping) this.set({ helping: null });
    else if (dropped) {
      this.set({ insertion: null, dropped: false });
      this.dropButton?.focus();
    } else if (this.insertion) this.set({ insertion: null });
    else return false;
    return true;
  }
}

/** A place as long as the row is there, or will be (`#n`: see `session/predict`). */
export function placeIn(
  insertion: (Place & { document: string }) | null,
  { data, rows }: Pick<View, "data" | "rows">,
): Place | null {
  if (!insertion || insertion.document !== data.document) return null;
  const { after } = insertion;
  const there = after === null || after.startsWith("#") || rows.some(({ id }) => id === after);
  return there ? insertion : null;
}
