/** Which nodes a connection may go to, as far as the graph and the sent shapes tell. */

import type { NodeRow } from "./types";

/** Whether a target takes a source; a `misfit` may be connected, and then says what is wrong. */
export type Fit = "fits" | "misfit";

/** The nodes that could read a source: no cycle closes, and there is an input left. */
export function targetsOf(source: string, rows: NodeRow[]): Map<string, Fit> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const shape = byId.get(source)?.shape;
  const above = new Set<string>();
  const waiting = [source];
  while (waiting.length > 0) {
    const id = waiting.pop()!;
    if (above.has(id)) continue;
    above.add(id);
    waiting.push(...(byId.get(id)?.inputs ?? []));
  }
  const found = new Map<string, Fit>();
  for (const { id, inputs, max_inputs: most, takes } of rows) {
    const full = most === 1 ? inputs.includes(source) : most !== null && inputs.length >= most;
    if (above.has(id) || full) continue;
    found.set(id, takes === null || !shape || takes.includes(shape) ? "fits" : "misfit");
  }
  return found;
}

/** The nodes that a target could read. */
export function sourcesOf(target: string, rows: NodeRow[]): Map<string, Fit> {
  const found = new Map<string, Fit>();
  for (const { id } of rows) {
    const fit = targetsOf(id, rows).get(target);
    if (fit) found.set(id, fit);
  }
  return found;
}
