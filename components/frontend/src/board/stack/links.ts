/**
 * Where rows take their input from, when it isn't simply the row above, and the lanes of the
 * gutter in which those links are drawn.
 */

import type { NodeRow } from "../canvas/types";

export const MAX_LANES = 5;

type Reading = Pick<NodeRow, "id" | "inputs">;

export interface Skip {
  source: string;
  targets: string[];
}

/** A link with its lane; `from` and `to` are places in the order of the rows. */
export interface Span extends Skip {
  from: number;
  to: number;
  lane: number;
}

/** Row id → ids of its inputs, for the rows whose input isn't just the row above. */
export function unusualInputs(nodes: Reading[]): Map<string, string[]> {
  const unusual = new Map<string, string[]>();
  for (const [at, { id, inputs }] of nodes.entries()) {
    const plain = inputs.length === 1 && inputs[0] === nodes[at - 1]?.id;
    if (!plain && inputs.length > 0) unusual.set(id, inputs);
  }
  return unusual;
}

/** The links to draw, without those from the row right above. */
export function skips(nodes: Reading[], unusual: Map<string, string[]>): Skip[] {
  const order = new Map(nodes.map((node, at) => [node.id, at]));
  const targetsOf = new Map<string, string[]>();
  for (const [target, inputs] of unusual) {
    for (const source of new Set(inputs)) {
      const from = order.get(source);
      if (from === undefined || from >= order.get(target)! - 1) continue;
      targetsOf.set(source, [...(targetsOf.get(source) ?? []), target]);
    }
  }
  return [...targetsOf].map(([source, targets]) => ({ source, targets }));
}

/**
 * Gives each link a lane, short spans next to the rows. Links whose rows are gone or turned round
 * are left out.
 */
export function inLanes(links: Skip[], rows: Pick<NodeRow, "id">[]): Span[] {
  const order = new Map(rows.map((row, at) => [row.id, at]));
  const spans: Span[] = [];
  for (const { source, targets } of links) {
    const from = order.get(source);
    if (from === undefined) continue;
    const ends = targets.filter((target) => (order.get(target) ?? -1) > from);
    if (ends.length === 0) continue;
    const to = Math.max(...ends.map((target) => order.get(target)!));
    spans.push({ source, targets: ends, from, to, lane: 0 });
  }
  spans.sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  const lanes: Span[][] = [];
  for (const span of spans) {
    const free = (taken: Span[]) =>
      taken.every((other) => span.to <= other.from || span.from >= other.to);
    const found = lanes.findIndex(free);
    span.lane = found < 0 ? Math.min(lanes.length, MAX_LANES - 1) : found;
    lanes[span.lane] = [...(lanes[span.lane] ?? []), span];
  }
  return spans;
}

/** "conv2d_1, add_1 and 3 more". */
export function listed(names: string[]): string {
  if (names.length <= 3) return names.join(", ");
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
