/** Which rows are selected, and where they go, as the keys and clicks of a list have it. */

import type { NodeRow } from "../canvas/types";

/** The rows from where a selection began up to another one; null where its beginning is gone. */
export function upTo(ids: string[], anchor: string | null, node: string): string[] | null {
  const from = anchor === null ? -1 : ids.indexOf(anchor);
  if (from < 0) return null;
  const to = ids.indexOf(node);
  return ids.slice(Math.min(from, to), Math.max(from, to) + 1);
}

/** What is chosen with one of it taken out, or with one more. */
export function withOrWithout(chosen: string[], node: string): string[] {
  const rest = chosen.filter((id) => id !== node);
  return rest.length < chosen.length ? rest : [...rest, node];
}

/** The row that is selected once others are gone: the next below, else the last above. */
export function neighborOf(ids: string[], gone: string[], node: string): string | null {
  const stays = (id: string) => !gone.includes(id);
  const below = ids.slice(Math.max(ids.indexOf(node), 0)).find(stays);
  return below ?? ids.findLast(stays) ?? null;
}

/** The row that lies some places further than another one; from nothing, the first is one further. */
export function stepped(ids: string[], from: string | null, places: number): string | undefined {
  const at = from === null ? -1 : ids.indexOf(from);
  return ids[Math.min(ids.length - 1, Math.max(0, at + places))];
}

/** Behind which row a row stands once it has moved by some places; undefined where it can't. */
export function placeBehind(ids: string[], node: string, by: number): string | null | undefined {
  const at = ids.indexOf(node);
  const to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return undefined;
  return ids.filter((id) => id !== node)[to - 1] ?? null;
}

/** Whether a row stands right behind another one already (null: on top), or is itself that row. */
export function standsBehind(ids: string[], node: string, after: string | null): boolean {
  const at = ids.indexOf(node);
  return after === node || (ids[at - 1] ?? null) === after;
}

/** "stem", or the id where it has no name. */
export function called(row: Pick<NodeRow, "id" | "name">): string {
  return row.name || row.id;
}
