/**
 * Where rows take their input from, when it isn't simply the row above, and the lanes of the
 * gutter in which those links are drawn.
 */

export const MAX_LANES = 5;

/** Row id → ids of its inputs, for the rows whose input isn't just the row above. */
export function unusualInputs(nodes) {
  const unusual = new Map();
  nodes.forEach((node, i) => {
    const plain = node.inputs.length === 1 && node.inputs[0] === nodes[i - 1]?.id;
    if (!plain && node.inputs.length > 0) unusual.set(node.id, node.inputs);
  });
  return unusual;
}

/** The links to draw: `{source, targets}` by id, without those from the row right above. */
export function skips(nodes, unusual) {
  const order = new Map(nodes.map((node, i) => [node.id, i]));
  const targetsOf = new Map();
  for (const [target, inputs] of unusual) {
    for (const source of new Set(inputs)) {
      const from = order.get(source);
      if (from === undefined || from >= order.get(target) - 1) continue;
      if (!targetsOf.has(source)) targetsOf.set(source, []);
      targetsOf.get(source).push(target);
    }
  }
  return [...targetsOf].map(([source, targets]) => ({ source, targets }));
}

/**
 * Give each link a lane, short spans next to the rows: `{source, targets, from, to, lane}`, `from`
 * and `to` being places in `rows`. Links whose rows are gone or turned round are left out.
 */
export function inLanes(links, rows) {
  const order = new Map(rows.map((row, i) => [row.id, i]));
  const spans = links
    .map(({ source, targets }) => {
      const from = order.get(source) ?? Infinity;
      const ends = targets.filter((target) => (order.get(target) ?? -1) > from);
      const to = Math.max(...ends.map((target) => order.get(target)));
      return { source, targets: ends, from, to };
    })
    .filter((span) => span.targets.length > 0)
    .sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  const lanes = [];
  for (const span of spans) {
    const free = (taken) => taken.every((other) => span.to <= other.from || span.from >= other.to);
    let lane = lanes.findIndex(free);
    if (lane < 0) lane = Math.min(lanes.length, MAX_LANES - 1);
    lanes[lane] ??= [];
    lanes[lane].push(span);
    span.lane = lane;
  }
  return spans;
}

/** "conv2d_1, add_1 and 3 more". */
export function listed(names) {
  if (names.length <= 3) return names.join(", ");
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
