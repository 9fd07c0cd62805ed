/** The canvas: the graph, the toolbar over it, and what opens over both. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Help } from "../help/Help";
import { CANVAS_KEYS } from "../help/keys";
import type { Session, View } from "../session/session";
import { Acts } from "./acts";
import { useArrangement } from "./arrangement";
import { Bar } from "./Bar";
import { rectsOf } from "./flow";
import { GradientNote } from "./GradientNote";
import { Graph } from "./Graph";
import { useGradients } from "./gradients";
import { onKey } from "./keys";
import { keep, recall } from "./memory";
import { download, paintOf, svgOf } from "./picture";
import { QuickAdd } from "./QuickAdd";
import { Status } from "./Status";
import type { Direction, Overlay, PaletteCategory, Rect } from "./types";
import { useClipboard } from "./useClipboard";
import { type Place, useCommands } from "./useCommands";
import { useInside } from "./useInside";

const NOWHERE = { sizes: null, places: null };
const POINTED = { focusVisible: false }; // whoever points knows where they are
const HINT = 5000; // milliseconds

interface CanvasProps {
  session: Session;
  view: View;
  split: () => void; // show another view beside it, or it alone
  helping: boolean; // whether its list of keys is shown
  help: (shown: boolean) => void; // show it or hide it
}

export function Canvas(props: CanvasProps) {
  return (
    <div className="canvas-place">
      <ReactFlowProvider key={props.view.data.document}>
        <Board {...props} />
      </ReactFlowProvider>
    </div>
  );
}

function Board({ session, view, split, helping, help }: CanvasProps) {
  const { data, rows, selection, others, landed } = view;
  const memory = recall(data.document);
  const [direction, setDirection] = useState<Direction>(memory.direction);
  const [overlay, setOverlay] = useState<Overlay>(memory.overlay);
  const [tidied, setTidied] = useState(0);
  const [adding, setAdding] = useState<Place | null>(null);
  const [edge, setEdge] = useState<string | null>(null);
  const [typing, setTyping] = useState<string | null>(null);
  const gradients = useGradients(data.gradients, overlay === "gradient");
  const { hint, say } = useHint();
  const root = useRef<HTMLDivElement>(null);
  const before = useRef<string | null>(null); // what was selected before a double click
  const flow = useReactFlow();
  const asked = { document: data.document, rows, direction, tidied, landed };
  const { arrangement, failed, move } = useArrangement(asked);
  const { sizes, places } = arrangement ?? NOWHERE;
  // biome-ignore lint/correctness/useExhaustiveDependencies: they come with what stands there
  const rects = useMemo(
    () => (arrangement ? rectsOf(arrangement) : new Map<string, Rect>()),
    [sizes, places],
  );
  const inside = useInside({ session, view, arrangement, rects, root });
  useClipboard(root, session, say);
  const focus = (how?: FocusOptions) => root.current?.focus({ preventScroll: true, ...how });
  const commands = useCommands({
    session,
    view,
    links: arrangement?.scene.links ?? [],
    rects,
    edge,
    adding: setAdding,
    tidy: () => setTidied((times) => times + 1),
    split,
    help: () => help(!helping),
    close: () => {
      const open = helping || edge !== null;
      if (helping) focus();
      help(false);
      setEdge(null);
      return open;
    },
    type: setTyping,
    fold: inside.fold,
    into: inside.into,
    up: inside.up,
    focus: () => focus(),
  });
  const turn = () => {
    memory.direction = direction === "down" ? "right" : "down";
    delete memory.view;
    keep(data.document);
    setDirection(memory.direction);
  };
  const show = (chosen: Overlay) => {
    memory.overlay = chosen;
    keep(data.document);
    setOverlay(chosen);
  };
  const save = (format: "svg" | "png") => {
    if (!arrangement || !root.current) return;
    const picture = svgOf(arrangement, overlay, paintOf(root.current), gradients);
    void download(picture, data.document, format);
  };
  const acts = useMemo(
    () => ({
      fold: inside.fold,
      addOn: (source: string, target: string, port: number) => setAdding({ source, target, port }),
    }),
    [inside.fold],
  );
  return (
    <div
      ref={root}
      className="canvas"
      tabIndex={0}
      role="application"
      aria-label="Canvas. Arrows walk along the connections, ? lists the keys."
      data-document={data.document}
      data-revision={data.revision}
      data-ack={data.ack}
      data-client={view.client}
      data-pending={view.pending}
      data-behind={data.behind}
      data-direction={arrangement?.direction}
      data-laid={arrangement?.rows === rows}
      onKeyDown={(event) => onKey(event.nativeEvent, commands)}
      onPointerDown={(event) => {
        const target = event.target as Element;
        if (!target.closest("input, select, button, summary, [tabindex='-1']")) focus(POINTED);
      }}
      onMouseDownCapture={(event) => {
        if (event.detail === 1) before.current = selection;
      }}
      onDoubleClick={(event) => {
        if (!(event.target as Element).classList.contains("react-flow__pane")) return;
        const { left, top } = event.currentTarget.getBoundingClientRect();
        const at = { x: event.clientX - left, y: event.clientY - top };
        const middle = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        setAdding({ after: before.current ?? rows.at(-1)?.id ?? null, at, middle });
      }}
    >
      <Acts.Provider value={acts}>
        {arrangement?.direction === direction && (
          <Graph
            key={direction}
            {...{ session, view, arrangement, rects, overlay, gradients, edge, setEdge }}
            {...{ move, root, typing }}
            adding={adding}
            add={setAdding}
            within={inside.within}
            lookInto={inside.lookInto}
            fold={inside.fold}
            go={inside.go}
            type={setTyping}
            say={say}
          />
        )}
      </Acts.Provider>
      <Bar {...{ view, commands, direction, overlay, turn, show, save }} focus={() => focus()} />
      {overlay === "gradient" && (
        <GradientNote
          gradients={gradients}
          go={(node) => {
            session.select([node]);
            void flow.fitView({ nodes: [{ id: node }], padding: 1, maxZoom: 1 });
          }}
        />
      )}
      <Status view={view} hint={hint} inOrder={arrangement?.inOrder ?? false} />
      {failed && (
        <p className="empty" role="alert">
          The graph could not be laid out. Press <kbd>T</kbd> to try again, or reload the page.
        </p>
      )}
      {!failed && arrangement?.direction !== direction && <p className="empty late">Laying out…</p>}
      {rows.length === 0 && (
        <p className="empty">
          Nothing here yet. Drag a block here, or press <kbd>/</kbd> to add the first one.
        </p>
      )}
      {rows.length > 0 && rows.every((row) => row.category === "io") && !adding && (
        <p className="empty begin">
          Now the layers: drag one here, or press <kbd>/</kbd>. Lines are drawn from the lower edge
          of a block to the next one.
        </p>
      )}
      {adding && (
        <QuickAdd
          palette={fitting(data.palette, adding)}
          purpose={purpose(adding, view)}
          at={adding.at}
          close={() => {
            setAdding(null);
            focus();
          }}
          add={(block) => {
            commands.place(block, adding);
            setAdding(null);
            focus();
          }}
        />
      )}
      {helping && <Help keys={CANVAS_KEYS} close={() => help(false)} back={() => focus()} />}
      <div className="spoken" aria-live="polite">
        {spoken(view, selection, others.length)}
      </div>
    </div>
  );
}

/** A short message that disappears after a while. */
function useHint() {
  const [hint, setHint] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const say = useCallback((words: string) => {
    setHint(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHint(""), HINT);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { hint, say };
}

/** What can stand there: behind something, what takes an input. */
function fitting(palette: PaletteCategory[], place: Place): PaletteCategory[] {
  const read = "reads" in place || "source" in place;
  return read ? palette.filter(({ category }) => category !== "io") : palette;
}

function purpose(adding: Place, view: View): string {
  const label = (id: string) => {
    const row = view.rows.find((each) => each.id === id);
    return row?.name || id;
  };
  if ("reads" in adding) return `Add a block that reads ${label(adding.reads)}`;
  if ("readBy" in adding) return `Add a block that ${label(adding.readBy)} reads`;
  if ("source" in adding) return `Add between ${label(adding.source)} and ${label(adding.target)}`;
  return adding.after === null ? "Add the first block" : `Add after ${label(adding.after)}`;
}

/** What a screen reader says of the selection. */
function spoken(view: View, selection: string | null, others: number): string {
  if (others > 0) return `${others + 1} blocks selected`;
  const row = view.rows.find((each) => each.id === selection);
  if (!row) return "";
  const read = row.inputs.length > 0 ? `reads ${row.inputs.join(", ")}` : "reads nothing";
  const wrong = row.level && `${row.level}: ${row.issue}`;
  const facts = [row.name || row.id, row.block, row.parameters, `output ${row.shape || "unknown"}`];
  return [...facts, read, wrong].filter(Boolean).join("; ");
}
