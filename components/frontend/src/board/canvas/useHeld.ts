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
  // As a text: as long as it is the same one, nothing is drawn anew.
  const over = useStore(({ connection, transform: [x, y, zoom] }) => {
    if (!connection.inProgress) return "";
    const { pointer } = connection;
    const point = { x: (pointer.x - x) / zoom, y: (pointer.y - y) / zoom };
    const held = heldAt(point, scene, rects, direction);
    return held ? `${held.inlet} ${held.node}` : "";
  });
  const at = over.indexOf(" ");
  return at < 0 ? null : { inlet: Number(over.slice(0, at)), node: over.slice(at + 1) };
}
