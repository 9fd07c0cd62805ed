/**
 * Where the loose end of a connection is held: over which node, and at which of its inputs.
 *
 * The end of a line that is held over its own reader goes to another input of it. Along the edge
 * that lines enter, each input has the stretch that is nearest to its place:
 *
 *     reader with 3 inputs   |   1   |  2  |   3   |
 */

import type { NodeRow, VerdictTold } from "../../generated/board";
import type { Moved } from "../session/link";
import type { Operation } from "../session/session";
import { label } from "./connect";
import { shareOf } from "./layout";
import type { Scene } from "./scene";
import type { Direction, Point, Rect } from "./types";

export interface Held {
  node: string;
  inlet: number; // from 0
}

/** The node that lies at a point of the graph, and the nearest of its inputs; null for none. */
export function heldAt(
  point: Point,
  { boxes }: Scene,
  rects: ReadonlyMap<string, Rect>,
  direction: Direction,
): Held | null {
  for (const { id, parent, inlets } of boxes.values()) {
    if (parent !== null) continue;
    const { x, y, width, height } = rects.get(id)!;
    const [along, across] = [(point.x - x) / width, (point.y - y) / height];
    if (along < 0 || along > 1 || across < 0 || across > 1) continue;
    return { node: id, inlet: inletAt(direction === "down" ? along : across, inlets) };
  }
  return null;
}

/** Where the stretches of a reader's inputs begin and end, as shares of its edge. */
export function stretches(inlets: number): [from: number, to: number][] {
  const between = (inlet: number) => (shareOf(inlet, inlets) + shareOf(inlet + 1, inlets)) / 2;
  return Array.from({ length: inlets }, (_, inlet) => [
    inlet === 0 ? 0 : between(inlet - 1),
    inlet === inlets - 1 ? 1 : between(inlet),
  ]);
}

function inletAt(share: number, inlets: number): number {
  const at = stretches(inlets).findIndex(([, to]) => share < to);
  return at < 0 ? Math.max(0, inlets - 1) : at;
}

export interface Swap extends VerdictTold {
  operation: Operation | null;
}

/** What comes of a line's end that is let go there; null where that is not its own reader. */
export function swapOf(wire: Moved, { node, inlet }: Held, rows: readonly NodeRow[]): Swap | null {
  if (node !== wire.target) return null;
  const other = rows.find((row) => row.id === node)?.inputs[inlet];
  if (other === undefined || inlet === wire.port) return { fit: "fits", why: "", operation: null };
  const named = label(rows.find((row) => row.id === other) ?? { id: other, name: "" });
  const [here, there] = [wire.port + 1, inlet + 1];
  if (other === wire.source) {
    const why = `Inputs ${here} and ${there} both read ${named}.`;
    return { fit: "refused", why, operation: null };
  }
  const why = `Becomes input ${there}; ${named} becomes input ${here}.`;
  return { fit: "fits", why, operation: { op: "swap_inputs", ...wire, inlet } };
}
