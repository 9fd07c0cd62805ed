/** Small networks for the tests. */

import type { Arrangement } from "../../src/board/canvas/arrangement";
import { CARD } from "../../src/board/canvas/layout";
import type { Sizes } from "../../src/board/canvas/place";
import { type Scene, sceneOf } from "../../src/board/canvas/scene";
import type { NodeRow } from "../../src/board/canvas/types";

export function row(id: string, ...inputs: string[]): NodeRow {
  return {
    id,
    name: "",
    block: "Conv2D",
    category: "convolution",
    parameters: "32, 3×3",
    shape: "8×8×32",
    reach: "3×3",
    params: 896,
    macs: 1_000,
    activation_bytes: 100,
    repeat: 1,
    inputs,
    sources: true,
    repeats: true,
    used: true,
    level: "",
    issue: "",
    fix: "",
    layers: 0,
    open: false,
    parts: [],
    output: "",
    content: { id, block: "Conv2D", parameters: { filters: 32 }, inputs },
  };
}

export function chain(...ids: string[]): NodeRow[] {
  const input = {
    sources: false,
    single: false,
    repeats: false,
    closed: `${ids[0]} takes no input.`,
  };
  return ids.map((id, at) => (at === 0 ? { ...row(id), ...input } : row(id, ids[at - 1]!)));
}

/** A chain whose last node also reads an earlier one. */
export function withSkip(from: string, ...ids: string[]): NodeRow[] {
  const rows = chain(...ids);
  const last = rows.at(-1)!;
  const merge = { single: false, repeats: false, inputs: [...last.inputs, from] };
  return [...rows.slice(0, -1), { ...last, ...merge }];
}

export function sizesOf(scene: Scene): Sizes {
  return new Map([...scene.boxes.keys()].map((id) => [id, CARD]));
}

export function arranged(rows: NodeRow[]): Arrangement {
  const scene = sceneOf(rows);
  const places = new Map(rows.map(({ id }, at) => [id, { x: 0, y: at * 100 }]));
  const sizes = sizesOf(scene);
  return { document: "d", rows: [], scene, direction: "down", sizes, places, inOrder: false };
}
