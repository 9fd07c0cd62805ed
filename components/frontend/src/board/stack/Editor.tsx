/** The palette and the stack, side by side. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Gate } from "../../shared/inspect";
import { Chip } from "../Chip";
import type { PaletteCategory } from "../canvas/types";
import { carrying } from "../carry";
import { Desk, placeIn } from "../desk";
import { Palette } from "../palette/Palette";
import type { Session, View } from "../session/session";
import { useTheme } from "../theme";
import { Actions } from "./actions";
import { called } from "./choice";
import { onPageKey } from "./keys";
import { Stack } from "./Stack";

const NARROW = 580; // pixels; below it the palette is a panel that drops down

export function Editor({ session }: { session: Session }) {
  const view = useSyncExternalStore(session.subscribe, session.snapshot);
  return view && <Board session={session} view={view} />;
}

function Board({ session, view }: { session: Session; view: View }) {
  const [desk] = useState(() => new Desk(session));
  const [actions] = useState(() => new Actions(desk));
  const shown = useSyncExternalStore(desk.shown.subscribe, desk.shown.snapshot);
  const carries = useSyncExternalStore(
    carrying.subscribe,
    () => carrying.snapshot().thing !== null,
  );
  const root = useRef<HTMLDivElement>(null);
  const { data } = view;
  const palette = useSame(data.palette);
  useTheme(root, data.theme, view);
  useGate(root, view);
  useNarrow(root, desk);
  useEffect(() => {
    const press = (event: KeyboardEvent) =>
      onPageKey(event, actions, root.current!.checkVisibility());
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [actions]);
  const marks = [shown.narrow && "narrow", shown.dropped && "dropped", carries && "dragging"];
  return (
    <div
      ref={root}
      className={["editor", ...marks].filter(Boolean).join(" ")}
      data-document={data.document}
      data-revision={data.revision}
      data-ack={data.ack}
      data-client={view.client}
      data-pending={view.pending}
      data-behind={data.behind}
      onPointerDown={(event) => {
        const inside = (event.target as Element).closest(".palette, .drop, .inserter");
        if (!inside && shown.dropped) desk.drop(false);
      }}
    >
      <button
        type="button"
        ref={(element) => {
          desk.dropButton = element;
        }}
        className="drop"
        aria-expanded={shown.dropped}
        onClick={() => (shown.dropped ? desk.closeSomething() : desk.openPalette())}
      >
        Add block
      </button>
      <Palette actions={actions} categories={palette} purpose={purpose(desk, view)} />
      <Stack {...{ desk, actions, view }} />
      <div className="spoken" aria-live="polite">
        {shown.said}
      </div>
      <Chip />
    </div>
  );
}

/** What the search field asks for. */
function purpose(desk: Desk, view: View): string {
  const place = placeIn(desk.shown.snapshot().insertion, view);
  if (!place) return "Search blocks";
  const row = view.rows.find(({ id }) => id === place.after);
  return row ? `Add after ${called(row)}` : "Add at the top";
}

/** The palette, the same one for as long as it says the same. */
function useSame(palette: PaletteCategory[]): PaletteCategory[] {
  const text = JSON.stringify(palette);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for it
  return useMemo(() => palette, [text]);
}

/** Shuts the settings beside the board while they are those of another selection. */
function useGate(root: React.RefObject<HTMLElement | null>, { selection, others }: View): void {
  const [gate, setGate] = useState<Gate | null>(null);
  useEffect(() => {
    const { host } = root.current!.getRootNode() as ShadowRoot;
    const made = new Gate(host?.closest(".st-key-cs-board") ?? null);
    setGate(made);
    return () => made.close();
  }, [root]);
  useLayoutEffect(() => gate?.choose(selection, others), [gate, selection, others]);
}

/** Whether there is room for the palette beside the stack. */
function useNarrow(root: React.RefObject<HTMLElement | null>, desk: Desk): void {
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      // The page may leave the room of the list to the canvas: then the palette has all of it.
      const alone = getComputedStyle(root.current!).getPropertyValue("--cs-list") === "none";
      const narrow = !alone && root.current!.clientWidth < NARROW;
      desk.shown.set(narrow ? { narrow } : { narrow, dropped: false });
    });
    observer.observe(root.current!);
    return () => observer.disconnect();
  }, [root, desk]);
}
