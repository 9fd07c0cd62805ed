/**
 * The network as boxes and links: a box for each node, and inside of an unfolded one a box for each
 * part. Links stand between boxes of one frame, or between a frame and what is inside of it.
 */

import type { Costs, NodeRow, Part, Wire } from "./types";

export interface Box extends Costs {
  id: string;
  node: string; // the id of the node that it is, or is inside of
  parent: string | null;
  title: string;
  block: string; // "" where the title says it
  category: string;
  parameters: string;
  shape: string;
  reach: string;
  repeat: number;
  used: boolean;
  level: "" | "error" | "warning";
  issue: string;
  fix: string;
  layers: number;
  folds: boolean;
  open: boolean;
  sources: boolean; // whether something can be read by it
  inlets: number; // how many inputs it has: an unfolded one is entered at one inlet for each
  children: string[];
}

export interface Link {
  id: string;
  source: string;
  target: string;
  parent: string | null; // the frame that both ends stand in
  port: number; // which input of the target it is, from 0
  inlet: number; // which input of the frame it is that leads on, where that is the source
  shape: string; // "" where it is not known
}

export interface Scene {
  boxes: Map<string, Box>;
  links: Link[];
}

export function sceneOf(rows: NodeRow[]): Scene {
  const scene: Scene = { boxes: new Map(), links: [] };
  const shapes = new Map(rows.map((row) => [row.id, row.shape]));
  for (const row of rows) {
    addNode(scene, row);
    for (const [port, source] of row.inputs.entries()) {
      if (!shapes.has(source)) continue;
      const id = `${source}>${row.id}:${port}`;
      const shape = shapes.get(source) ?? "";
      scene.links.push({ id, source, target: row.id, parent: null, port, inlet: 0, shape });
    }
  }
  return scene;
}

function addNode(scene: Scene, row: NodeRow): void {
  scene.boxes.set(row.id, {
    ...row,
    node: row.id,
    parent: null,
    title: row.name || row.block,
    block: row.name ? row.block : "",
    folds: row.layers > 0,
    inlets: row.inputs.length,
    children: row.parts.map((part) => part.key),
  });
  addParts(scene, row.id, row.id, row.parts, row.output);
}

function addParts(scene: Scene, node: string, frame: string, parts: Part[], output: string): void {
  for (const part of parts) {
    scene.boxes.set(part.key, {
      ...part,
      id: part.key,
      node,
      parent: frame,
      block: "",
      reach: "",
      repeat: 1,
      used: true,
      level: "",
      issue: "",
      fix: "",
      open: part.parts.length > 0,
      sources: false,
      inlets: part.inputs.length,
      children: part.parts.map((inner) => inner.key),
    });
    for (const [port, wire] of part.inputs.entries()) {
      scene.links.push(inner(frame, wire, part.key, port));
    }
    addParts(scene, node, part.key, part.parts, part.output);
  }
  const last = parts.find((part) => part.key === output);
  if (last)
    scene.links.push(inner(frame, { source: output, inlet: 0, shape: last.shape }, frame, 0));
}

/** A link inside of a frame; one whose source or target is the frame itself enters or leaves it. */
function inner(frame: string, { source, inlet, shape }: Wire, target: string, port: number): Link {
  const from = source || frame;
  return {
    id: `${from}>${target}:${port}@${frame}`,
    source: from,
    target,
    parent: frame,
    port,
    inlet,
    shape,
  };
}

/** The boxes of a frame, or the nodes themselves for null. */
export function members(scene: Scene, frame: string | null): Box[] {
  return [...scene.boxes.values()].filter((box) => box.parent === frame);
}

/** The unfolded boxes, inner ones first. */
export function framesInnerFirst(scene: Scene): Box[] {
  return [...scene.boxes.values()].filter((box) => box.children.length > 0).reverse();
}

/** Whether two scenes have the same boxes and links, whatever is written on them. */
export function isSameGraph(one: Scene, other: Scene): boolean {
  if (one.boxes.size !== other.boxes.size || one.links.length !== other.links.length) return false;
  const boxes = [...other.boxes.values()];
  for (const [at, box] of [...one.boxes.values()].entries()) {
    const twin = boxes[at]!;
    const same =
      box.id === twin.id &&
      box.parent === twin.parent &&
      box.open === twin.open &&
      box.folds === twin.folds &&
      box.inlets === twin.inlets &&
      box.children.length === twin.children.length;
    if (!same) return false;
  }
  return one.links.every((link, at) => {
    const twin = other.links[at]!;
    return link.id === twin.id && link.parent === twin.parent && link.inlet === twin.inlet;
  });
}
