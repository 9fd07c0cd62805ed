/** What the server says a board shows, and how it follows from what has changed. */

import type { Delta, Fields, NodeRow } from "../../generated/board";

/** A board's state. What has not changed from one state to the next keeps its identity. */
export interface State extends Fields {
  version: number;
  nodes: NodeRow[];
}

/**
 * The state after a change.
 *
 * Answers and events may overtake each other: a change that is older than the state alters nothing,
 * and one that begins before the state may be applied to it (see `components/board/changes.py`).
 *
 * Returns null where the change begins after the state, so that something between was missed.
 */
export function changed(state: State | null, delta: Delta): State | null {
  if (delta.base === null) return whole(state, delta);
  if (!state || delta.base > state.version) return null;
  if (delta.version <= state.version) return state;
  return { ...state, ...delta.fields, nodes: nodesOf(state.nodes, delta), version: delta.version };
}

function nodesOf(nodes: NodeRow[], delta: Delta): NodeRow[] {
  if (delta.nodes.length === 0 && delta.order === null) return nodes;
  const rows = new Map([...nodes, ...delta.nodes].map((row) => [row.id, row]));
  return (delta.order ?? nodes.map(({ id }) => id)).map((id) => rows.get(id)!);
}

/** A state that is told as a whole: as after a restart of the server. */
function whole(state: State | null, delta: Delta): State {
  const known = new Map(state?.nodes.map((row) => [row.id, row]));
  const rows = delta.nodes.map((row) => {
    const old = known.get(row.id);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
  const same = rows.length === known.size && rows.every((row, at) => row === state?.nodes[at]);
  const nodes = same && state ? state.nodes : rows;
  return { ...(delta.fields as Fields), nodes, version: delta.version };
}
