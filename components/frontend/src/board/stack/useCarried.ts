/** The stack as a place where carried things are let go. */

import { useEffect } from "react";
import { attend, type Carried } from "../carry";
import type { Desk } from "../desk";
import type { Actions } from "./actions";
import { standsBehind } from "./choice";

const EDGE = 36; // pixels from the edge of the list in which it scrolls by itself

/** How far a list scrolls in a frame while a thing is held at a height: pixels, below 0 for up. */
export function speedAt(y: number, top: number, bottom: number): number {
  const above = top + EDGE - y;
  const below = y - (bottom - EDGE);
  const speed = Math.min(EDGE, Math.max(above, below, 0)) / 4;
  return speed === 0 || below > above ? speed : -speed;
}

export function useCarried(
  desk: Desk,
  actions: Actions,
  scroller: React.RefObject<HTMLElement | null>,
): void {
  useEffect(() => {
    const held = ({ x, y, node }: Carried) => {
      const box = scroller.current!.parentElement!.getBoundingClientRect();
      const inside = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      if (!inside || !scroller.current!.checkVisibility()) return undefined;
      const after = desk.lines!.nearest(y);
      const ids = desk.view.rows.map(({ id }) => id);
      return node !== null && standsBehind(ids, node, after) ? undefined : after;
    };
    return attend({
      over: (carried) => {
        const after = held(carried);
        if (after === undefined) return null;
        desk.shown.set({ dragged: same(desk.shown.snapshot().dragged, after) });
        const { block, node } = carried;
        const drop = () => {
          if (block !== null) actions.addBehind(block, after);
          else if (node !== null) actions.moveBehind(node, after);
        };
        return { words: "", drop };
      },
      leave: () => desk.shown.set({ dragged: null }),
      scroll: ({ x, y }) => {
        const { left, right, top, bottom } = scroller.current!.getBoundingClientRect();
        const speed = x < left || x > right ? 0 : speedAt(y, top, bottom);
        if (speed !== 0) scroller.current!.scrollTop += speed;
        return speed !== 0;
      },
    });
  }, [desk, actions, scroller]);
}

/** Keeps a place's identity, so that nothing is drawn again for it. */
function same(before: { after: string | null } | null, after: string | null) {
  return before && before.after === after ? before : { after };
}
