/**
 * The rows as they will be once the server has answered: what is pending, played over what it said
 * last. Only what needs no rule of the core is foreseen (order, repeats, selection, what is open);
 * shapes, new rows, what is inside of a row, and undo wait for the answer.
 */

import type { NodeRow } from "../../generated/board";
import type { Operation } from "./log";

export interface Predicted {
  rows: NodeRow[];
  selection: string | null;
  others: string[];
  open: string[];
}

interface Said {
  selection: string | null;
  others: string[];
  open: string[];
}

export function predict(nodes: NodeRow[], said: Said, pending: readonly Operation[]): Predicted {
  let rows = nodes;
  let { selection, others, open } = said;
  let certain = true;
  for (const operation of pending) {
    const { op } = operation;
    if (op === "undo" || op === "redo") certain = false;
    if (op === "select") [selection, others] = [operation.node, operation.others ?? []];
    if (op === "open") open = operation.parts;
    if (MAKES.has(op)) [selection, others] = [`#${operation.n}`, []];
    if (certain) rows = foreseen(rows, operation);
  }
  others = others.filter((id) => id !== selection && rows.some((row) => row.id === id));
  return { rows, selection, others, open };
}

/** Operations that make a node, which is then selected. */
const MAKES = new Set<Operation["op"]>(["add", "add_on_edge", "attach", "duplicate", "paste"]);

function foreseen(rows: NodeRow[], operation: Operation): NodeRow[] {
  if (operation.op === "move") {
    const { node, after } = operation;
    const moved = rows.find((row) => row.id === node);
    const rest = rows.filter((row) => row !== moved);
    const at = after === null ? 0 : rest.findIndex((row) => row.id === after) + 1;
    if (!moved || (after !== null && at === 0)) return rows;
    return [...rest.slice(0, at), moved, ...rest.slice(at)];
  }
  if (operation.op === "remove") {
    const gone = new Set([operation.node, ...(operation.others ?? [])]);
    return rows.filter((row) => !gone.has(row.id));
  }
  if (operation.op === "repeat") {
    const { node, times } = operation;
    return rows.map((row) => (row.id === node ? { ...row, repeat: times } : row));
  }
  return rows;
}
