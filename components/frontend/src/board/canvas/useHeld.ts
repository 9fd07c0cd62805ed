/** What the loose end of a connection is held over; null over none, and while none is drawn. */

import { useStore } from "@xyflow/react";
import { type Held, heldAt } from "./held";
import type { Scene } from "./scene";
import type { Direction, Rect } from "./types";

export function useHeld(
  scene: Scene,
  rects: ReadonlyMap<string, Rect>,
  direction: Direction,
): Held | null {
  return useStore(({ connection, transform: [x, y, zoom] }) => {
    if (!connection.inProgress) return null;
    const { pointer } = connection;
    const point = { x: (pointer.x - x) / zoom, y: (pointer.y - y) / zoom };
    return heldAt(point, scene, rects, direction);
  }, isSame);
}

/** As long as it is the same input, nothing is drawn anew. */
function isSame(one: Held | null, other: Held | null): boolean {
  return one?.node === other?.node && one?.inlet === other?.inlet;
}
