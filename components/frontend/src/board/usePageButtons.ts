/**
 * The page's own buttons for undo and redo. Of presses that come quicker than Streamlit's script
 * runs it would count one, so the board does them, as it does those of the keys.
 */

import { useEffect } from "react";
import type { Actions } from "./stack/actions";

const BUTTONS = ["undo", "redo"] as const;

export function usePageButtons(actions: Actions): void {
  useEffect(() => {
    const press = (event: MouseEvent) => {
      const pressed = event.target instanceof Element ? event.target : null;
      const name = BUTTONS.find((each) => pressed?.closest(`.st-key-cs-${each} button`));
      if (!name) return;
      event.stopPropagation();
      actions[name]();
    };
    document.addEventListener("click", press, true);
    return () => document.removeEventListener("click", press, true);
  }, [actions]);
}
