/** What happens where a block is let go over the canvas, or a connection over nothing. */

import type { Operation, View } from "../session/session";
import { label } from "./connect";
import { CARD } from "./layout";
import type { Direction, Point } from "./types";

/** What lies under the pointer. */
export type Spot =
  | { at: "node"; id: string }
  | { at: "wire"; id: string; source: string; target: string; port: number }
  | { at: "ground" };

export interface Drop {
  operation: Operation;
  words: string; // where it goes
  free: boolean; // whether it stands where it was let go
}

/**
 * Where a block goes: behind a node, on a connection, or over the ground behind what is selected.
 *
 * @param loose whether it is to be connected to nothing
 */
export function dropOf(
  block: string,
  spot: Spot,
  loose: boolean,
  { rows, selection }: Pick<View, "rows" | "selection">,
): Drop {
  const named = (id: string) => label(rows.find((row) => row.id === id) ?? { id, name: "" });
  if (spot.at === "wire") {
    const { source, target, port } = spot;
    const words = `between ${named(source)} and ${named(target)}`;
    return { operation: { op: "add_on_edge", block, source, target, port }, words, free: false };
  }
  if (spot.at === "ground" && loose) {
    return { operation: { op: "attach", block }, words: "unconnected", free: true };
  }
  const chosen = rows.some((row) => row.id === selection) ? selection : rows.at(-1)?.id;
  const after = spot.at === "node" ? spot.id : (chosen ?? null);
  return {
    operation: { op: "add", block, after },
    words: after === null ? "as the first block" : `after ${named(after)}`,
    free: spot.at === "ground",
  };
}

/** The middle of a card one of whose ends is at a point: that which is read, or that which reads. */
export function middleOf(point: Point, reads: boolean, direction: Direction): Point {
  const sign = reads ? 1 : -1;
  return direction === "down"
    ? { x: point.x, y: point.y + (sign * CARD.height) / 2 }
    : { x: point.x + (sign * CARD.width) / 2, y: point.y };
}
