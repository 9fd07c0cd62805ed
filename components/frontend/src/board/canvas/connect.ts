/** What is shown of a connection while it is drawn: the server says which ones may be made. */

import type { NodeRow, VerdictTold } from "../../generated/board";
import type { Moved, Verdicts } from "../session/link";
import type { Operation } from "../session/session";

/** Whether a node takes part: "" until the server has answered, and where it does not know it. */
export type Fit = VerdictTold["fit"] | "";

/** Whether a connection may be let go on a node; the server still decides on what is let go. */
export function mayEndAt(verdicts: Verdicts, node: string): boolean {
  return verdicts[node]?.fit !== "refused";
}

export function label(row: Pick<NodeRow, "id" | "name">): string {
  return row.name || row.id;
}

/** What moves an end of a connection there; null where it is there already. */
export function movedTo(wire: Moved, to: Pick<Moved, "source" | "target">): Operation | null {
  const { port } = wire;
  if (to.source !== wire.source)
    return { op: "connect", source: to.source, target: wire.target, port };
  if (to.target === wire.target) return null;
  return { op: "redirect", source: wire.source, target: wire.target, port, reader: to.target };
}
