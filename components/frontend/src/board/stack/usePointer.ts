/** What the pointer does in the list: selecting, unfolding, carrying, and what follows it. */

import { useState } from "react";
import type { Desk, Place } from "../desk";
import type { Actions } from "./actions";

export function usePointer(
  desk: Desk,
  actions: Actions,
  offered: Place | null,
  offer: (place: Place | null) => void,
) {
  const [hovered, hover] = useState<string | null>(null);
  /** Offers the gap between rows nearest to a height on the screen; none for null. */
  const follow = (y: number | null, inserter: Element | null) => {
    const away =
      y === null || desk.shown.snapshot().dragged !== null || desk.view.rows.length === 0;
    if (away && inserter?.matches(":focus-visible")) return;
    const after = away ? undefined : desk.lines!.nearest(y);
    if (after === undefined) offer(null);
    else if (after !== offered?.after) offer({ after });
  };
  const leave = (event: React.UIEvent<HTMLElement>) => {
    hover(null);
    follow(null, event.currentTarget.querySelector(".inserter"));
  };
  return {
    hovered,
    list: {
      onFocus: (event: React.FocusEvent) => {
        if (!desk.lines?.quiet) actions.select(ownerOf(event));
      },
      onClick: (event: React.MouseEvent) => {
        const line = foldOf(event);
        const owner = ownerOf(event);
        if (line) actions.unfold(line.dataset.part ?? line.dataset.nodeId!);
        else if (owner !== null && event.shiftKey) actions.extendTo(owner);
        else if (owner !== null && several(event)) actions.toggle(owner);
        else actions.select(owner);
      },
      onMouseDown: (event: React.MouseEvent) => {
        if (foldOf(event) || several(event)) event.preventDefault(); // the keyboard stays
      },
      onPointerDown: (event: React.PointerEvent) => {
        const row = rowOf(event);
        if (row !== null && !foldOf(event) && !several(event)) {
          actions.carryRow(event.nativeEvent, row);
        }
      },
    },
    scroller: {
      // A press on the ground, not one that ends there because a bar came under the pointer.
      onPointerDown: (event: React.PointerEvent) => {
        const ground = (event.target as Element).matches(".scroller, .content, .list");
        if (event.button === 0 && ground) actions.select(null);
      },
      onPointerMove: (event: React.PointerEvent<HTMLElement>) => {
        if (event.pointerType === "touch") return;
        const target = event.target as Element;
        if (!target.closest(".row-toolbar")) hover(rowOf(event));
        const line = target.closest(".row, .part, .inserter");
        follow(line ? event.clientY : null, event.currentTarget.querySelector(".inserter"));
      },
      onPointerLeave: leave,
      onScroll: leave,
    },
  };
}

type At = Pick<React.SyntheticEvent, "target">;

function rowOf({ target }: At): string | null {
  return (target as Element).closest<HTMLElement>(".row")?.dataset.nodeId ?? null;
}

function ownerOf(event: At): string | null {
  const part = (event.target as Element).closest<HTMLElement>(".part");
  return part?.dataset.owner ?? rowOf(event);
}

function foldOf({ target }: At): HTMLElement | null {
  return (target as Element).closest(".fold")?.closest<HTMLElement>(".row, .part") ?? null;
}

/** Whether a click adds to the selection. */
function several(event: React.MouseEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.metaKey;
}
