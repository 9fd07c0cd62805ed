/** React Flow over the arrangement, and what the pointer does in it. */

import {
  Background,
  MiniMap,
  type Node,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Verdicts } from "../session/link";
import { chosenIn, type Session, type View } from "../session/session";
import { useStable } from "../useStable";
import type { Arrangement } from "./arrangement";
import { Card, Frame } from "./Card";
import { Crumbs, pathTo } from "./Crumbs";
import { Contents, cardsOf, type Marks, Shown, shapesOf } from "./contents";
import { type CardNode, edgesOf, nodesOf, rectsOf, type WireEdge } from "./flow";
import type { Gradients } from "./gradients";
import { Landing } from "./Landing";
import { Loose } from "./Loose";
import { keep, recall } from "./memory";
import type { Places } from "./place";
import type { Scene } from "./scene";
import { Times } from "./Times";
import type { Overlay, Rect } from "./types";
import { useCarry } from "./useCarry";
import type { Place } from "./useCommands";
import { useConnecting } from "./useConnecting";
import { FromFar, useGrain } from "./useGrain";
import { useHovered } from "./useHovered";
import { useRefit } from "./useRefit";
import { firstView, inView, type Viewport } from "./view";
import { Wire } from "./Wire";

const NODE_TYPES = { card: Card, frame: Frame };
const EDGE_TYPES = { wire: Wire };
const SEVERAL = ["Shift", "Control", "Meta"];
const PLAIN = { hideAttribution: true };
const NONE: Verdicts = {};
const MANY = 120; // boxes; beyond it only those in view are in the page
const MANY_FROM_FAR = 800; // there they are cheap, and most of them in view

interface GraphProps {
  session: Session;
  view: View;
  arrangement: Arrangement;
  rects: Map<string, Rect>;
  overlay: Overlay;
  gradients: Gradients | null;
  edge: string | null;
  setEdge: (edge: string | null) => void;
  move: (moved: Places) => void;
  root: React.RefObject<HTMLDivElement | null>;
  adding: Place | null; // where a block is being searched for
  add: (place: Place) => void;
  within: string | null; // the frame that is looked into
  lookInto: (key: string | null) => void;
  fold: (key: string) => void;
  go: (key: string | null) => void; // brings a frame, or all, into the view
  typing: string | null; // the node whose repetitions are being typed
  type: (node: string | null) => void;
  say: (words: string) => void;
}

export function Graph(props: GraphProps) {
  const { session, view, arrangement, rects, overlay, gradients, edge, setEdge, move, root } =
    props;
  const { adding, add, within, lookInto, fold, go, typing, type, say } = props;
  const { rows, selection, others, data } = view;
  const { scene, direction } = arrangement;
  const memory = recall(data.document);
  const [dragged, setDragged] = useState<Places | null>(null);
  const [boxed, setBoxed] = useState<Set<string> | null>(null);
  const graph = useRef<HTMLDivElement>(null);
  const box = useRef(boxed); // what is in it now, also before it is drawn
  const [start] = useState<Viewport>(() => {
    const { clientWidth = 0, clientHeight = 0 } = root.current ?? {};
    const bar = root.current?.querySelector(".bar-top")?.clientHeight ?? 0;
    return memory.view ?? firstView(rects.values(), clientWidth, clientHeight - bar);
  });
  const { drawn, events } = useConnecting({ session, scene, rects, direction, root, add });
  const carried = useCarry(session, view, scene, root);
  const { hovered, hover } = useHovered();
  const known = useRef<{ nodes: CardNode[]; edges: WireEdge[] }>({ nodes: [], edges: [] });
  const { picked, pick } = usePicked(selection, scene);
  const selected = useMemo(
    () => boxed ?? new Set(chosenIn({ others, selection })),
    [boxed, others, selection],
  );
  const shown = useMemo(
    () =>
      dragged
        ? { ...arrangement, places: new Map([...arrangement.places, ...dragged]) }
        : arrangement,
    [arrangement, dragged],
  );
  const ticked = useMemo(() => new Map(data.ticked), [data.ticked]);
  const nodes = useMemo(
    () => nodesOf(shown, { selected, picked }, known.current.nodes),
    [shown, selected, picked],
  );
  const edges = useMemo(() => {
    const chosen = picked === null ? selected : new Set([picked]);
    const marks = { selected: edge, lit: carried, chosen };
    return edgesOf(shown, dragged ? rectsOf(shown) : rects, marks, known.current.edges);
  }, [shown, dragged, rects, edge, carried, picked, selected]);
  known.current = { nodes, edges };
  const contents = useContents(scene, {
    overlay,
    gradients,
    verdicts: drawn?.verdicts ?? NONE,
    lit: carried,
    ticked,
  });

  const enclose = (ids: Set<string> | null) => {
    box.current = ids;
    setBoxed(ids);
  };
  const onNodesChange = useStable((changes: NodeChange<CardNode>[]) => {
    // Not `selected`: for a moment after a render React Flow still calls what it was given before.
    const next = new Set(box.current ?? chosenIn(session.view!));
    const moved: Places = new Map();
    for (const change of changes) {
      if (change.type === "position" && change.position) moved.set(change.id, change.position);
      if (change.type !== "select") continue;
      if (change.selected) next.add(change.id);
      else next.delete(change.id);
    }
    if (moved.size > 0) setDragged((before) => new Map([...(before ?? []), ...moved]));
    if (!changes.some((change) => change.type === "select")) return;
    if (next.size > 0) setEdge(null);
    if (box.current) enclose(next);
    else session.select([...next]);
  });
  const dropDragged = useStable(() => {
    if (dragged) move(dragged);
    setDragged(null);
  });
  const pressed = {
    onEdgeClick: useStable((_: unknown, clicked: WireEdge) => {
      if (clicked.data?.inner) return;
      session.select([]);
      setEdge(clicked.id);
    }),
    onPaneClick: useStable(() => setEdge(null)),
    onNodeClick: useStable((event: React.MouseEvent, node: CardNode) => {
      // React Flow leaves several selected when one of them is clicked.
      const alone = !(event.shiftKey || event.ctrlKey || event.metaKey);
      const several = session.view!.others.length > 0;
      if (node.parentId || (alone && several)) session.select([node.data.node]);
      pick(node.parentId ? node.id : null);
      lookInto(node.data.framed ? node.id : (node.parentId ?? null));
    }),
    onNodeMouseEnter: useStable((_: unknown, node: CardNode) => hover(node.data.node)),
    onNodeMouseLeave: useStable(() => hover(null)),
    onNodeDoubleClick: useStable((_: unknown, node: CardNode) => {
      if (node.data.folds) fold(node.id);
    }),
    onSelectionStart: useStable(() => enclose(new Set(chosenIn(session.view!)))),
    onSelectionEnd: useStable(() => {
      if (box.current) session.select([...box.current]);
      enclose(null);
    }),
    onMoveEnd: useStable((_: unknown, viewport: Viewport) => {
      graph.current?.style.setProperty("--zoom", `${viewport.zoom}`);
      memory.view = viewport;
      keep(data.document);
    }),
  };
  const grain = useGrain();
  useRefit(graph, rects, selection);
  useReveal(selection, view.landed?.id ?? null, rects, graph);
  const free = !drawn && !dragged && !boxed && carried === null;
  const repeated = rows.find((row) => row.id === (typing ?? hovered ?? selection));
  return (
    <Shown.Provider value={contents}>
      <FromFar.Provider value={grain !== null}>
        <div
          ref={graph}
          className="graph"
          data-carried={carried === null ? undefined : ""}
          data-seeks={drawn?.seeks}
          data-far={grain === null ? undefined : ""}
          style={{ "--grain": `${grain ?? 1}px`, "--zoom": start.zoom } as React.CSSProperties}
        >
          <ReactFlow<CardNode, WireEdge>
            nodes={nodes}
            edges={edges}
            nodeTypes={NODE_TYPES}
            edgeTypes={EDGE_TYPES}
            onNodesChange={onNodesChange}
            onNodeDragStop={dropDragged}
            onSelectionDragStop={dropDragged}
            {...pressed}
            {...events}
            defaultViewport={start}
            onlyRenderVisibleElements={nodes.length > (grain === null ? MANY : MANY_FROM_FAR)}
            minZoom={0.08}
            maxZoom={2}
            nodeDragThreshold={4}
            connectionRadius={28}
            panOnScroll
            zoomOnDoubleClick={false}
            selectionMode={SelectionMode.Partial}
            multiSelectionKeyCode={SEVERAL}
            deleteKeyCode={null}
            disableKeyboardA11y
            edgesReconnectable
            elevateNodesOnSelect={false}
            nodesFocusable={false}
            edgesFocusable={false}
            proOptions={PLAIN}
          >
            <Background gap={24} size={1.2} />
            <MiniMap
              pannable
              zoomable
              ariaLabel="Map of the network"
              nodeClassName={kindOf}
              nodeBorderRadius={8}
            />
            {free && repeated?.repeats && (
              <Times
                key={repeated.id}
                row={repeated}
                typing={typing !== null}
                type={(now) => type(now ? repeated.id : null)}
                set={(times) => session.push({ op: "repeat", node: repeated.id, times })}
                say={say}
                stay={(over) => hover(over ? repeated.id : null)}
              />
            )}
            {adding && <Loose place={adding} {...{ rects, direction }} />}
            {drawn && <Landing {...{ drawn, rows, scene, rects, direction }} />}
          </ReactFlow>
          <Crumbs title={data.title} path={pathTo(within, scene)} go={go} />
        </div>
      </FromFar.Provider>
    </Shown.Provider>
  );
}

function kindOf(node: Node): string {
  return node.parentId ? "inner" : `of-${(node as CardNode).data.category}`;
}

/** What cards and wires say, told to them without React Flow. */
function useContents(scene: Scene, marks: Marks): Contents {
  const { overlay, gradients, verdicts, lit, ticked } = marks;
  const [contents] = useState(() => new Contents());
  const taken = useMemo(() => {
    const cards = cardsOf(scene, { overlay, gradients, verdicts, lit, ticked });
    contents.take(cards, shapesOf(scene));
    return cards;
  }, [contents, scene, overlay, gradients, verdicts, lit, ticked]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was taken is told once
  useLayoutEffect(() => contents.tell(), [contents, taken]);
  return contents;
}

/** The part that was pressed last, as long as the node that it is inside of is selected. */
function usePicked(selection: string | null, { boxes }: Scene) {
  const [key, pick] = useState<string | null>(null);
  const there = key !== null && boxes.get(key)?.node === selection;
  return { picked: there ? key : null, pick };
}

/** Brings what is selected from elsewhere, or by the keys, into the view; not what is put there. */
function useReveal(
  selection: string | null,
  landed: string | null,
  rects: Map<string, Rect>,
  graph: React.RefObject<HTMLDivElement | null>,
): void {
  const flow = useReactFlow();
  const last = useRef(selection);
  useEffect(() => {
    const rect = selection === null ? undefined : rects.get(selection);
    if (selection === last.current || (selection !== null && !rect)) return;
    last.current = selection;
    const element = graph.current;
    if (!rect || !element || selection === landed) return;
    const { zoom, ...at } = flow.getViewport();
    if (inView(rect, { ...at, zoom }, element.clientWidth, element.clientHeight)) return;
    const high = Math.min(rect.height, element.clientHeight / zoom - 80);
    void flow.setCenter(rect.x + rect.width / 2, rect.y + high / 2, { zoom });
  }, [selection, landed, rects, flow, graph]);
}
