/**
 * Which nodes a connection may go to, and why not. The rules are those of Python's
 * `builder/network/connections.py`, which sends what each node says to all others; here is only
 * what depends on both ends: which node is above the other, and which of the sent shapes is read.
 */

import type { NodeRow } from "./types";

/** Whether a target takes a source; a `misfit` may be connected, and then says what is wrong. */
export interface Verdict {
  fit: "fits" | "misfit" | "refused";
  why: string; // "" where it fits
}

/** What each node says to reading a source. */
export function targetsOf(source: string, rows: NodeRow[]): Map<string, Verdict> {
  const from = rows.find((row) => row.id === source);
  const above = ancestors(source, rows);
  return new Map(rows.map((row) => [row.id, from ? verdict(from, row, above) : REFUSED]));
}

/** What a target says to reading each node. */
export function sourcesOf(target: string, rows: NodeRow[]): Map<string, Verdict> {
  const row = rows.find((each) => each.id === target);
  return new Map(
    rows.map((each) => [each.id, row ? verdict(each, row, ancestors(each.id, rows)) : REFUSED]),
  );
}

export const REFUSED: Verdict = { fit: "refused", why: "" };

function verdict(from: NodeRow, to: NodeRow, above: ReadonlySet<string>): Verdict {
  const no = (why: string): Verdict => ({ fit: "refused", why });
  if (from.id === to.id) return no("A block cannot read itself.");
  if (above.has(to.id)) {
    return no(`${label(from)} depends on ${label(to)} already: this would close a cycle.`);
  }
  if (to.closed) return no(to.closed);
  if (to.single && to.inputs.includes(from.id)) return no(`${label(to)} reads it already.`);
  const why = from.shape ? misfit(from.shape, to) : "";
  return { fit: why ? "misfit" : "fits", why };
}

function misfit(shape: string, { takes, refuses }: NodeRow): string {
  if (refuses[shape]) return `${refuses[shape]}.`;
  if (takes === null || takes.includes(shape)) return "";
  const taken = takes.length > 0 ? `takes ${takes.join(" or ")}` : "takes nothing more";
  return `Beside what it reads it ${taken}; this is ${shape}.`;
}

function ancestors(start: string, rows: NodeRow[]): Set<string> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const above = new Set<string>();
  const waiting = [start];
  while (waiting.length > 0) {
    const id = waiting.pop()!;
    if (above.has(id)) continue;
    above.add(id);
    waiting.push(...(byId.get(id)?.inputs ?? []));
  }
  return above;
}

export function label(row: Pick<NodeRow, "id" | "name">): string {
  return row.name || row.id;
}
