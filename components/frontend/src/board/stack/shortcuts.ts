/**
 * Which layers stand on a shortcut: a plain way round a longer one, from the same source to the
 * merge of both. The list shows them beside the main path.
 *
 *     input ─ conv_1 ─ bn_1 ─ relu ─ conv_2 ─ bn_2 ─ add       the main path
 *       └──── conv_3 ─ bn_3 ──────────────────────── ┘         the shortcut: conv_3, bn_3
 *
 * A merge of the shape of all that it reads adds up; one that puts channels side by side has
 * branches, none of which is a shortcut.
 */

export interface Standing {
  id: string;
  inputs: string[]; // "" for the input of the frame
  shape: string;
}

/** For each layer on a shortcut, the merge that it leads to. */
export function shortcuts(layers: Standing[]): Map<string, string> {
  const known = new Map(layers.map((layer) => [layer.id, layer]));
  const readers = new Map<string, number>();
  for (const { inputs } of layers) {
    for (const source of new Set(inputs)) readers.set(source, (readers.get(source) ?? 0) + 1);
  }
  const found = new Map<string, string>();
  for (const merge of layers) {
    const [one, other] = [...new Set(merge.inputs)];
    if (one === undefined || other === undefined || merge.inputs.length !== 2) continue;
    if (![one, other].every((id) => (known.get(id)?.shape ?? merge.shape) === merge.shape))
      continue;
    for (const [end, main] of [
      [one, other],
      [other, one],
    ] as const) {
      const { chain, fork } = wayBack(end, known, readers);
      if (chain.length === 0 || chain.length >= lengthFrom(fork, main, known)) continue;
      for (const id of chain) found.set(id, merge.id);
    }
  }
  return found;
}

/** The layers back to where the way parts from another one. */
function wayBack(end: string, known: Map<string, Standing>, readers: Map<string, number>) {
  const chain: string[] = [];
  let at = end;
  for (;;) {
    const layer = known.get(at);
    if (!layer || readers.get(at) !== 1 || layer.inputs.length !== 1) return { chain, fork: at };
    chain.push(at);
    at = layer.inputs[0]!;
  }
}

/** How many layers the longest way from a fork to a layer has; 0 where some way does not begin there. */
function lengthFrom(fork: string, layer: string, known: Map<string, Standing>): number {
  const lengths = new Map<string, number>([[fork, 0]]);
  const length = (id: string): number => {
    const before = lengths.get(id);
    if (before !== undefined) return before;
    lengths.set(id, Number.NEGATIVE_INFINITY); // a cycle leads nowhere
    const inputs = known.get(id)?.inputs ?? [];
    const ways = inputs.map(length);
    const every = ways.length > 0 && ways.every((each) => each >= 0);
    const longest = every ? 1 + Math.max(...ways) : Number.NEGATIVE_INFINITY;
    lengths.set(id, longest);
    return longest;
  };
  return Math.max(0, length(layer));
}
