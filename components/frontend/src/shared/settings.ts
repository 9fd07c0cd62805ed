/**
 * Whether the settings are folded to a bar, where the window is small. Stack and canvas are what one
 * edits, and their settings are open at first; the page's own views are to be looked at.
 */

import { Store } from "./store";

export interface Folded {
  editing: boolean;
  looking: boolean;
}

export const folded = new Store<Folded>({ editing: false, looking: true });

/** What the view that is shown is for. */
export function purposeOf(view = document.documentElement.dataset.csViews ?? ""): keyof Folded {
  return /^(Stack|Canvas)\b/.test(view) ? "editing" : "looking";
}

/** Opens the settings, or folds them, until a view for something else is shown. */
export function fold(to: boolean, purpose = purposeOf()): void {
  folded.set({ [purpose]: to });
}
