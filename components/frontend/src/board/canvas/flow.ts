/** The arrangement as React Flow's nodes and edges. What has not changed keeps its identity. */

import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { Arrangement } from "./arrangement";
import { HEAD, shareOf } from "./layout";
import { along, type Line, path, type Route, routes } from "./route";
import type { Link, Scene } from "./scene";
import type { Direction, Point, Rect, Size } from "./types";

/** What stays while the network is the same graph; the rest is in `contents.ts`. */
export interface CardData extends Record<string, unknown> {
  node: string; // the id of the node that it is, or is inside of
  category: string;
  folds: boolean;
  framed: boolean; // whether something is shown inside of it
  direction: Direction;
}

export type End = "source" | "target";

const OVER = 1_000; // more frames than there are within each other
const GRIP = 12; // pixels from a box to where the end of a line is taken

export interface WireData extends Record<string, unknown> {
  path: string;
  end: Point;
  heading: "down" | "up" | "left" | "right";
  label: Point;
  side: boolean;
  inner: boolean;
  port: number; // which input of the target it is
  grips: Record<End, Point>; // where its ends are taken
  direction: Direction;
}

export type CardNode = Node<CardData, "card" | "frame">;
export type WireEdge = Edge<WireData, "wire">;

/** What is marked of the boxes. */
export interface Chosen {
  selected: ReadonlySet<string>;
  picked: string | null; // the part inside of a node that was pressed last
}

/** Absolute places, for lines and for walking. */
export function rectsOf({ scene, sizes, places }: Arrangement): Map<string, Rect> {
  const rects = new Map<string, Rect>();
  for (const box of scene.boxes.values()) {
    const within = box.parent === null ? { x: 0, y: 0 } : rects.get(box.parent)!;
    const { x, y } = places.get(box.id)!;
    rects.set(box.id, { x: within.x + x, y: within.y + y, ...sizes.get(box.id)! });
  }
  return rects;
}

export function nodesOf(arrangement: Arrangement, chosen: Chosen, before: CardNode[]): CardNode[] {
  const { scene, sizes, places, direction } = arrangement;
  const known = new Map(before.map((node) => [node.id, node]));
  const nodes = [...scene.boxes.values()].map((box) => {
    const size = sizes.get(box.id)!;
    const position = places.get(box.id)!;
    const framed = box.children.length > 0;
    const data: CardData = {
      node: box.node,
      category: box.category,
      folds: box.folds,
      framed,
      direction,
    };
    const selected = chosen.selected.has(box.id);
    const own = box.parent === null;
    const className = own ? "node" : box.id === chosen.picked ? "part picked" : "part";
    const old = known.get(box.id);
    const same =
      old &&
      old.selected === selected &&
      old.className === className &&
      old.width === size.width &&
      old.height === size.height &&
      old.position.x === position.x &&
      old.position.y === position.y &&
      alike(old.data, data);
    if (same) return old;
    return {
      id: box.id,
      type: framed ? "frame" : "card",
      position,
      data,
      selected,
      ...(own ? {} : { parentId: box.parent! }),
      ...size,
      measured: size,
      handles: handles(size, direction),
      draggable: own,
      selectable: own,
      connectable: own,
      focusable: false,
      className,
    } satisfies CardNode;
  });
  return sameAs(before, nodes);
}

function alike(one: CardData, other: CardData): boolean {
  return (Object.keys(one) as (keyof CardData)[]).every((key) => one[key] === other[key]);
}

/** The list of before where nothing in it has changed: React Flow goes through each new one. */
function sameAs<Item>(before: Item[], now: Item[]): Item[] {
  const same = before.length === now.length && before.every((item, at) => item === now[at]);
  return same ? before : now;
}

/** Where lines begin and end: at a box's own ends, and inside of a frame. */
function handles({ width, height }: Size, direction: Direction): NodeHandle[] {
  const [first, last] =
    direction === "down"
      ? [
          { x: width / 2, y: 0, position: Position.Top },
          { x: width / 2, y: height, position: Position.Bottom },
        ]
      : [
          { x: 0, y: height / 2, position: Position.Left },
          { x: width, y: height / 2, position: Position.Right },
        ];
  return [
    { id: "in", type: "target", width: 1, height: 1, ...first },
    { id: "out", type: "source", width: 1, height: 1, ...last },
    { id: "enter", type: "source", width: 1, height: 1, ...first },
    { id: "leave", type: "target", width: 1, height: 1, ...last },
  ];
}

/** What is marked of the connections. */
interface Marked {
  selected: string | null;
  lit: string | null; // the one that takes a block that is carried
  chosen: ReadonlySet<string>; // the boxes that are selected: theirs are lit too
}

export function edgesOf(
  arrangement: Arrangement,
  rects: Map<string, Rect>,
  { selected, lit, chosen }: Marked,
  before: WireEdge[],
): WireEdge[] {
  const { scene, direction } = arrangement;
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const frames = Map.groupBy(scene.links, (link) => link.parent);
  const siblings = Map.groupBy(scene.boxes.values(), (box) => box.parent);
  const edges: WireEdge[] = [];
  for (const [frame, links] of frames) {
    const boxes = (siblings.get(frame) ?? []).map((box) => box.id);
    const found = routesOf(frame, links, boxes, rects, scene, direction);
    for (const link of links) {
      const { points, label, side } = found.get(link.id)!;
      const end = points.at(-1)!;
      const data: WireData = {
        path: path(points),
        end,
        heading: heading(points.at(-2)!, end),
        label,
        side,
        inner: frame !== null,
        port: link.port,
        grips: { source: along(points, GRIP), target: along(points.toReversed(), GRIP) },
        direction,
      };
      const old = known.get(link.id);
      const fresh = edge(link, data, link.id === selected, depthOf(scene, frame));
      if (link.id === lit) fresh.className += " lit";
      if (chosen.has(link.source) || chosen.has(link.target)) fresh.className += " on";
      const same =
        old?.data?.path === data.path &&
        old.selected === fresh.selected &&
        old.className === fresh.className;
      edges.push(same ? old : fresh);
    }
  }
  return sameAs(before, edges);
}

function edge(link: Link, data: WireData, selected: boolean, depth: number): WireEdge {
  return {
    // Over the frame that it is in, below the boxes there. A selected one lies over everything: its
    // ends can be taken where lines run together, and by a finger, which needs room.
    zIndex: selected ? OVER : depth,
    id: link.id,
    type: "wire",
    source: link.source,
    target: link.target,
    sourceHandle: link.source === link.parent ? "enter" : "out",
    targetHandle: link.target === link.parent ? "leave" : "in",
    data,
    selected,
    selectable: false, // a box of nodes would take its edges along
    focusable: false,
    className: data.inner ? "inner" : "outer",
  };
}

function depthOf(scene: Scene, frame: string | null): number {
  return frame === null ? 0 : 1 + depthOf(scene, scene.boxes.get(frame)!.parent);
}

const routed = new WeakMap<Map<string, Rect>, Map<string | null, Map<string, Route>>>();

/** The routes inside of a frame: the same as before, as long as all boxes stand where they stood. */
function routesOf(
  frame: string | null,
  links: Link[],
  boxes: string[],
  rects: Map<string, Rect>,
  scene: Scene,
  direction: Direction,
): Map<string, Route> {
  const known = routed.get(rects) ?? new Map<string | null, Map<string, Route>>();
  routed.set(rects, known);
  const before = known.get(frame);
  if (before) return before;
  const readers = Map.groupBy(links, (link) => link.source);
  const lines = links.map((link) =>
    lineOf(link, readers.get(link.source)!, boxes, rects, scene, direction),
  );
  const found = routes(lines, direction);
  known.set(frame, found);
  return found;
}

function lineOf(
  link: Link,
  readers: Link[], // of its source
  boxes: string[],
  rects: Map<string, Rect>,
  scene: Scene,
  direction: Direction,
): Line {
  const { id, source, target, parent, port, inlet } = link;
  const [from, to] = [rects.get(source)!, rects.get(target)!];
  const entered = scene.boxes.get(target)!;
  const pinned = target !== parent && entered.open && entered.inlets > 1;
  return {
    id,
    source:
      source === parent
        ? gate(from, direction, "enter", shareOf(inlet, scene.boxes.get(source)!.inlets))
        : from,
    target: target === parent ? gate(to, direction, "leave", 0.5) : to,
    ...(pinned ? { into: shareOf(port, entered.inlets) } : {}),
    obstacles: boxes
      .filter((box) => box !== source && box !== target)
      .map((box) => rects.get(box)!),
    fanOut: readers.some((other) => other.target !== target),
    twin: !pinned && readers.some((other) => other.target === target && other.port < port),
  };
}

/** Where links enter a frame or leave it: a point on its border, or below its head. */
function gate(frame: Rect, direction: Direction, way: "enter" | "leave", share: number): Rect {
  const none = { width: 0, height: 0 };
  if (direction === "right") {
    const x = way === "enter" ? frame.x : frame.x + frame.width;
    return { x, y: frame.y + frame.height * share, ...none };
  }
  const y = way === "enter" ? frame.y + HEAD : frame.y + frame.height;
  return { x: frame.x + frame.width * share, y, ...none };
}

function heading(from: Point, to: Point): WireData["heading"] {
  if (Math.abs(to.x - from.x) > Math.abs(to.y - from.y)) return to.x > from.x ? "right" : "left";
  return to.y > from.y ? "down" : "up";
}
