/**
 * Places all boxes: elkjs's layered layout, frame by frame from the inside out.
 *
 * Say that in `input → block → dense` the block is unfolded into `conv → bn → relu`:
 *
 *   1. The frame's inside is laid out alone, between two small gates where links enter and leave:
 *      conv, bn and relu get places relative to the frame, and the frame gets its size.
 *   2. The outer graph is laid out with the frame as one large box.
 *
 * So a change inside a frame moves the outer boxes only if the frame's size changes, and frames in
 * frames need no more than the same two steps again. See docs/decisions/0012-canvas.md.
 */

import type { Box, Link, Scene } from "./scene";
import { framesInnerFirst, members } from "./scene";
import type { Direction, Point, Size } from "./types";

export const CARD: Size = { width: 204, height: 54 };
export const SMALL: Size = { width: 172, height: 42 };
export const HEAD = 34; // of a frame, above what is inside of it
export const PADDING = 18; // of a frame
const GATE = 36; // inside of a frame, where links enter and leave: room for a shape
export const GAP = { down: 44, right: 92 }; // between layers: room for a shape

export interface ElkGraph {
  id: string;
  layoutOptions: Record<string, string>;
  children: ElkChild[];
  edges: {
    id: string;
    sources: string[];
    targets: string[];
    layoutOptions?: Record<string, string>;
  }[];
}

interface ElkChild extends Partial<Point>, Size {
  id: string;
  ports: (Point & Size & { id: string })[];
  layoutOptions: Record<string, string>;
}

/** Lays a graph out; throws `TooLong` where that takes more than so many milliseconds. */
export type Elk = (graph: ElkGraph, milliseconds: number) => Promise<ElkGraph>;

export class TooLong extends Error {}

export const PATIENCE = 10_000; // milliseconds for all that is laid out at once

const SHORTEST = 5; // milliseconds that are worth a try

/** A layout; `inOrder` where it is only the order of the stack, as there was no time for more. */
export interface Laid extends ElkGraph {
  inOrder?: "given up" | "not tried";
}

type LayOut = (graph: ElkGraph) => Promise<Laid>;

/** What is inside of the frames: sizes of all boxes, and places of the inner ones in their frame. */
export interface Insides {
  sizes: Map<string, Size>;
  places: Map<string, Point>;
  whole: boolean; // whether there was time for all of them
}

/**
 * elkjs for one arrangement: what is not laid out in time stands in the order of the stack. The time
 * begins when elkjs is loaded: on a slow connection that alone may take longer. A chain is not worth
 * loading it.
 */
export function limited(
  elk: Elk,
  milliseconds = PATIENCE,
  loaded: () => Promise<unknown> = () => Promise.resolve(),
): LayOut {
  let end: number | undefined;
  return async (graph) => {
    if (isChain(graph)) return inOrder(graph);
    await loaded();
    end ??= performance.now() + milliseconds;
    let tried = false;
    const left = () => end! - performance.now();
    while (left() > SHORTEST) {
      try {
        return await elk(graph, left());
      } catch (error) {
        if (!(error instanceof TooLong)) throw error;
        tried = true; // by this one or, where time is left, by another that had the worker before
      }
    }
    return { ...inOrder(graph), inOrder: tried ? "given up" : "not tried" };
  };
}

/** One box behind the other, in the order of the stack: no way to read links, but all are there. */
export function inOrder(graph: ElkGraph): ElkGraph {
  const down = graph.layoutOptions["elk.direction"] === "DOWN";
  const gap = Number(graph.layoutOptions["elk.layered.spacing.nodeNodeBetweenLayers"]);
  const breadth = ({ width, height }: Size) => (down ? width : height);
  const broadest = Math.max(...graph.children.map(breadth));
  let along = 0;
  const children = graph.children.map((child) => {
    const [start, across] = [along, (broadest - breadth(child)) / 2];
    along += (down ? child.height : child.width) + gap;
    return { ...child, x: down ? across : start, y: down ? start : across };
  });
  return { ...graph, children };
}

/** Whether each box reads the one before it and nothing else: the order of the stack is its layout. */
function isChain({ children, edges }: ElkGraph): boolean {
  return (
    edges.length === children.length - 1 &&
    edges.every(
      ({ sources, targets }, at) =>
        sources[0] === `${children[at]!.id}:out` && targets[0] === `${children[at + 1]!.id}:in`,
    )
  );
}

export function elkGraph(
  boxes: Box[],
  links: Link[],
  sizes: Map<string, Size>,
  direction: Direction,
  frame: string | null,
  inlets = 1, // of the frame
): ElkGraph {
  const entries = new Map(boxes.map((box) => [box.id, box.open ? box.inlets : 1]));
  const children = boxes.map(({ id }) =>
    child(id, sizes.get(id) ?? CARD, direction, entries.get(id)!),
  );
  const several = (id: string) => (entries.get(id) ?? 1) > 1;
  if (frame !== null) {
    // Where links enter and leave the frame: so that room is kept for those that pass by.
    for (const [id, layer] of [
      ["<", "FIRST"],
      [">", "LAST"],
    ] as const) {
      const gate = child(id, { width: 2, height: 2 }, direction);
      if (id === "<" && inlets > 1) spread(gate, inlets, direction);
      gate.layoutOptions["elk.layered.layering.layerConstraint"] = layer;
      children.push(gate);
    }
  }
  const edges = links.map((link) => ({
    id: link.id,
    sources: [
      link.source === frame ? `<:out${inlets > 1 ? link.inlet : ""}` : `${link.source}:out`,
    ],
    targets: [
      `${link.target === frame ? ">" : link.target}:in${several(link.target) ? link.port : ""}`,
    ],
    layoutOptions: {
      "elk.layered.priority.straightness": link.port === 0 && frame === null ? "10" : "1",
    },
  }));
  return {
    id: frame ?? "",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": direction === "down" ? "DOWN" : "RIGHT",
      "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
      "elk.layered.nodePlacement.strategy": frame === null ? "NETWORK_SIMPLEX" : "BRANDES_KOEPF",
      "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
      "elk.layered.spacing.nodeNodeBetweenLayers": String(GAP[direction]),
      "elk.layered.spacing.edgeNodeBetweenLayers": "14",
      "elk.spacing.nodeNode": "28",
      "elk.spacing.edgeNode": "20",
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    children,
    edges,
  };
}

/** A box whose lines begin and end in its ends, as they are drawn: one inlet, or several. */
function child(id: string, size: Size, direction: Direction, inlets = 1): ElkChild {
  const at = (share: number, last: boolean) =>
    direction === "down"
      ? { x: size.width * share, y: last ? size.height : 0 }
      : { x: last ? size.width : 0, y: size.height * share };
  const none = { width: 0, height: 0 };
  const entries = Array.from({ length: Math.max(1, inlets) }, (_, inlet) => ({
    id: `${id}:in${inlets > 1 ? inlet : ""}`,
    ...at(shareOf(inlet, inlets), false),
    ...none,
  }));
  return {
    id,
    ...size,
    ports: [...entries, { id: `${id}:out`, ...at(0.5, true), ...none }],
    layoutOptions: { "elk.portConstraints": "FIXED_POS" },
  };
}

/** Gives a gate an outlet for each inlet of its frame, so far apart that lines have room. */
function spread(gate: ElkChild, inlets: number, direction: Direction): void {
  const length = inlets * SMALL.width;
  const along = (inlet: number) => length * shareOf(inlet, inlets);
  const down = direction === "down";
  Object.assign(gate, down ? { width: length } : { height: length });
  gate.ports = Array.from({ length: inlets }, (_, inlet) => ({
    id: `<:out${inlet}`,
    ...(down ? { x: along(inlet), y: 2 } : { x: 2, y: along(inlet) }),
    ...{ width: 0, height: 0 },
  }));
}

/** Where one of several inlets lies, as a share of a frame's edge. */
export function shareOf(inlet: number, inlets: number): number {
  return inlets > 1 ? (inlet + 1) / (inlets + 1) : 0.5;
}

/** Lays out what is inside of all frames; the same frame is laid out once. */
export class InsideLayout {
  #known = new Map<string, Promise<Laid>>();

  async arrange(scene: Scene, direction: Direction, layOut: LayOut): Promise<Insides> {
    let whole = true;
    const sizes = new Map<string, Size>();
    const places = new Map<string, Point>();
    for (const box of scene.boxes.values()) {
      if (box.children.length === 0) sizes.set(box.id, box.parent === null ? CARD : SMALL);
    }
    for (const frame of framesInnerFirst(scene)) {
      const inner = members(scene, frame.id);
      const links = scene.links.filter((link) => link.parent === frame.id);
      const laid = await this.#once(
        elkGraph(inner, links, sizes, direction, frame.id, frame.inlets),
        layOut,
      );
      whole &&= !laid.inOrder;
      sizes.set(frame.id, settle(laid, places, direction));
    }
    return { sizes, places, whole };
  }

  #once(graph: ElkGraph, layOut: LayOut): Promise<Laid> {
    const key = JSON.stringify(graph);
    const known = this.#known.get(key);
    if (known) return known;
    const laid = layOut(graph);
    this.#known.set(key, laid);
    const forget = () => this.#known.delete(key);
    laid.then(({ inOrder }) => inOrder === "not tried" && forget(), forget);
    return laid;
  }
}

/** Notes the places inside of a frame, below its head; returns the frame's size. */
function settle(laid: ElkGraph, places: Map<string, Point>, direction: Direction): Size {
  const shown = laid.children.filter(({ id }) => id !== "<" && id !== ">");
  const left = Math.min(...shown.map((child) => child.x ?? 0));
  const top = Math.min(...shown.map((child) => child.y ?? 0));
  const lane = lanesBeside(laid, shown.length);
  const down = direction === "down";
  const before = down
    ? { x: PADDING + lane, y: HEAD + GATE }
    : { x: GATE + 40, y: HEAD + PADDING + lane };
  let [right, bottom] = [0, 0];
  for (const child of shown) {
    const x = Math.round((child.x ?? 0) - left) + before.x;
    const y = Math.round((child.y ?? 0) - top) + before.y;
    places.set(child.id, { x, y });
    right = Math.max(right, x + child.width);
    bottom = Math.max(bottom, y + child.height);
  }
  const beyond = down ? { x: PADDING + lane, y: GATE } : { x: GATE + 40, y: PADDING + lane };
  return { width: right + beyond.x, height: bottom + beyond.y };
}

/** Room for the links that pass by all boxes of a frame. */
function lanesBeside(laid: ElkGraph, boxes: number): number {
  return laid.edges.length > boxes + 1 ? 22 : 0;
}

/** The places of the nodes themselves, rounded, the first at the origin. */
export async function arrangeNodes(
  scene: Scene,
  sizes: Map<string, Size>,
  direction: Direction,
  layOut: LayOut,
): Promise<{ places: Map<string, Point>; whole: boolean }> {
  const nodes = members(scene, null);
  const links = scene.links.filter((link) => link.parent === null);
  const laid = await layOut(elkGraph(nodes, links, sizes, direction, null));
  const places = new Map(
    laid.children.map(({ id, x = 0, y = 0 }) => [id, { x: Math.round(x), y: Math.round(y) }]),
  );
  return { places, whole: !laid.inOrder };
}
