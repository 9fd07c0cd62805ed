/**
 * The rows as they will be once the server has answered: what is pending, played over what it said
 * last. Only what needs no rule of the core is foreseen (order, repeats, selection, what is open);
 * shapes, new rows, what is inside of a row, and undo wait for the answer.
 */
export function predict(nodes, { selection, others = [], open = [] }, pending) {
  let rows = nodes;
  let certain = true;
  for (const operation of pending) {
    if (operation.op === "undo" || operation.op === "redo") certain = false;
    if (operation.op === "select") [selection, others] = [operation.node, operation.others ?? []];
    if (operation.op === "open") open = operation.parts;
    if (MAKES.has(operation.op)) [selection, others] = [`#${operation.n}`, []];
    if (certain && operation.op in FORESEEN) rows = FORESEEN[operation.op](rows, operation);
  }
  others = others.filter((id) => id !== selection && rows.some((row) => row.id === id));
  return { rows, selection, others, open };
}

/** Operations that make a node, which is then selected. */
const MAKES = new Set(["add", "add_on_edge", "attach", "duplicate", "paste"]);

const FORESEEN = {
  move(rows, { node, after }) {
    const moved = rows.find((row) => row.id === node);
    const rest = rows.filter((row) => row !== moved);
    const at = after === null ? 0 : rest.findIndex((row) => row.id === after) + 1;
    if (!moved || (after !== null && at === 0)) return rows;
    return [...rest.slice(0, at), moved, ...rest.slice(at)];
  },
  remove: (rows, { node, others = [] }) =>
    rows.filter((row) => row.id !== node && !others.includes(row.id)),
  repeat: (rows, { node, times }) =>
    rows.map((row) => (row.id === node ? { ...row, repeat: times } : row)),
};
