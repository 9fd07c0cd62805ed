/** Takes blocks that are carried here from the palette. */

import { type ReactFlowInstance, useReactFlow } from "@xyflow/react";
import { useEffect, useRef, useState } from "react";
import { attend } from "../carry";
import type { Session, View } from "../session/session";
import { dropOf, type Spot } from "./drop";
import type { Scene } from "./scene";
import type { Point } from "./types";

const EDGE = 32; // pixels from the border of the graph in which it moves by itself
const PATIENCE = 350; // milliseconds
const FURNITURE = ".bar-top, .crumbs, .quick, .help, .react-flow__minimap";

/** What of the graph lies at a place on the screen; null for none of it. */
export function spotAt(x: number, y: number, root: HTMLElement, scene: Scene): Spot | null {
  const graph = root.querySelector(".graph");
  const tree = root.getRootNode() as ShadowRoot | Document;
  const found = tree.elementsFromPoint(x, y);
  if (!graph || !found.includes(graph) || found.some((each) => each.closest(FURNITURE)))
    return null;
  for (const each of found) {
    const node = each.closest<HTMLElement>(".react-flow__node");
    const box = node && scene.boxes.get(node.dataset.id!);
    if (box) return { at: "node", id: box.node };
    const edge = each.closest<SVGElement>(".react-flow__edge.outer");
    const link = edge && scene.links.find((one) => one.id === edge.dataset.id);
    if (link) return { at: "wire", ...link };
  }
  return { at: "ground" };
}

/** What a carried block would be put on: the id of a node or of a connection, "" for the ground. */
export function useCarry(
  session: Session,
  view: View,
  scene: Scene,
  root: React.RefObject<HTMLElement | null>,
): string | null {
  const flow = useReactFlow();
  const [over, setOver] = useState<string | null>(null);
  const pan = useRef<Pan>({ step: { x: 0, y: 0 }, since: 0, frame: 0 }).current;
  useEffect(() => () => cancelAnimationFrame(pan.frame), [pan]);
  useEffect(() => {
    const graph = () => root.current!.querySelector(".graph")!.getBoundingClientRect();
    return attend({
      over: ({ x, y, block, loose }) => {
        const spot = block === null ? null : spotAt(x, y, root.current!, scene);
        if (block === null || !spot) return null;
        setOver(spot.at === "ground" ? "" : spot.id);
        follow(pan, stepAt(x, y, graph()), flow);
        const { operation, words, free } = dropOf(block, spot, loose, view);
        const drop = () => {
          const number = session.push(operation);
          if (free) session.land(number, flow.screenToFlowPosition({ x, y }));
        };
        return { words, drop };
      },
      leave: () => {
        setOver(null);
        follow(pan, { x: 0, y: 0 }, flow);
      },
    });
  }, [session, view, scene, root, flow, pan]);
  return over;
}

interface Pan {
  step: Point; // pixels a frame
  since: number; // when the border was reached, in milliseconds
  frame: number;
}

/** Moves the graph while something is held near its border, but not when it only passes. */
function follow(pan: Pan, step: Point, flow: ReactFlowInstance): void {
  const moves = step.x !== 0 || step.y !== 0;
  if (moves && pan.since === 0) {
    pan.since = performance.now();
    const move = () => {
      if (performance.now() - pan.since > PATIENCE) {
        const { x, y, zoom } = flow.getViewport();
        void flow.setViewport({ x: x + pan.step.x, y: y + pan.step.y, zoom });
      }
      pan.frame = requestAnimationFrame(move);
    };
    pan.frame = requestAnimationFrame(move);
  }
  if (!moves) {
    cancelAnimationFrame(pan.frame);
    pan.since = 0;
  }
  pan.step = step;
}

/** How far the graph moves in a frame while something is held near its border. */
function stepAt(x: number, y: number, box: DOMRect): Point {
  const along = (at: number, low: number, high: number) =>
    Math.max(0, low + EDGE - at) / 4 - Math.max(0, at - high + EDGE) / 4;
  return { x: along(x, box.left, box.right), y: along(y, box.top, box.bottom) };
}
