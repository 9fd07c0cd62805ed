/** The board: the palette beside one view of the network, or two. */

import {
  Activity,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Gate } from "../shared/inspect";
import { folded, purposeOf } from "../shared/settings";
import { Chip } from "./Chip";
import { Canvas } from "./canvas/Canvas";
import { carrying } from "./carry";
import { Desk, placeIn } from "./desk";
import { Palette } from "./palette/Palette";
import { SettingsBar } from "./SettingsBar";
import type { Session, View } from "./session/session";
import { Actions } from "./stack/actions";
import { called } from "./stack/choice";
import { onPageKey } from "./stack/keys";
import { Stack } from "./stack/Stack";
import { useTheme } from "./theme";
import { useKeyboard } from "./useKeyboard";
import { usePageButtons } from "./usePageButtons";
import { useFlag, useViews } from "./useViews";
import { ViewBar } from "./ViewBar";
import { OWN } from "./views";

const NARROW = 640; // pixels of the board; below it the palette drops down over the views
const SMALL = "(max-width: 1100px)"; // a window in which it does so too

export function Board({ session }: { session: Session }) {
  const view = useSyncExternalStore(session.subscribe, session.snapshot);
  return view && <Shown session={session} view={view} />;
}

function Shown({ session, view }: { session: Session; view: View }) {
  const [desk] = useState(() => new Desk(session));
  const [actions] = useState(() => new Actions(desk));
  const shown = useSyncExternalStore(desk.shown.subscribe, desk.shown.snapshot);
  const carries = useSyncExternalStore(carrying.subscribe, isCarrying);
  const root = useRef<HTMLDivElement>(null);
  const { data } = view;
  const views = useViews(data, shown.full, (chosen) => session.tell("views", chosen));
  useLayoutEffect(() => {
    desk.order = views.order;
  }, [desk, views.order]);
  const settings = useSyncExternalStore(folded.subscribe, folded.snapshot);
  const isFolded = settings[purposeOf(views.order[0])];
  useFlag("data-cs-folded", isFolded);
  useTheme(root, data.theme);
  useGate(root, view);
  useNarrow(root, desk, shown.full);
  useKeyboard(root, desk, data.document);
  usePageButtons(actions);
  useEffect(() => {
    const press = (event: KeyboardEvent) =>
      onPageKey(event, actions, root.current!.checkVisibility());
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [actions]);
  const marks = [shown.narrow && "narrow", shown.dropped && "dropped", carries && "dragging"];
  const place = (name: string) => ({
    className: "view",
    "data-view": name,
    hidden: !views.order.includes(name),
    "data-first": views.order[0] === name ? "" : undefined,
  });
  return (
    <div
      ref={root}
      className={["board", ...marks].filter(Boolean).join(" ")}
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
      <Palette actions={actions} categories={data.palette} purpose={purpose(desk, view)} />
      <ViewBar
        {...{ desk, actions, view, ...views }}
        dropped={shown.dropped}
        full={shown.full}
        fill={() => desk.fill(!shown.full)}
      />
      <div className="middle">
        {OWN.filter((name) => views.seen.has(name)).map((name) => (
          <div key={name} {...place(name)}>
            <Activity mode={views.order.includes(name) ? "visible" : "hidden"}>
              {name === "Stack" ? (
                <Stack {...{ desk, actions, view }} />
              ) : (
                <Canvas
                  {...{ session, view }}
                  split={views.split}
                  helping={shown.helping === "Canvas"}
                  help={(open) => (open ? desk.help("Canvas") : desk.hideHelp("Canvas"))}
                />
              )}
            </Activity>
          </div>
        ))}
        {views.order
          .filter((name) => data.views.includes(name))
          .map((name) => (
            <div key={name} {...place(name)}>
              <p className="slot">{name} is on its way…</p>
            </div>
          ))}
        {data.views.length > 0 && <SettingsBar view={view} folded={isFolded} />}
      </div>
      <div className="spoken" aria-live="polite">
        {shown.said}
      </div>
      <Chip />
    </div>
  );
}

function isCarrying(): boolean {
  return carrying.snapshot().thing !== null;
}

/** What the search field asks for. */
function purpose(desk: Desk, view: View): string {
  const place = placeIn(desk.shown.snapshot().insertion, view);
  if (!place) return "Search blocks";
  const row = view.rows.find(({ id }) => id === place.after);
  return row ? `Add after ${called(row)}` : "Add at the top";
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

/** Whether there is room for the palette beside the views; in the whole window they have it all. */
function useNarrow(root: React.RefObject<HTMLElement | null>, desk: Desk, full: boolean): void {
  useEffect(() => {
    const window = matchMedia(SMALL);
    const look = () => {
      const narrow = full || window.matches || root.current!.clientWidth < NARROW;
      desk.shown.set(narrow ? { narrow } : { narrow, dropped: false });
    };
    const observer = new ResizeObserver(look);
    observer.observe(root.current!);
    window.addEventListener("change", look);
    return () => {
      observer.disconnect();
      window.removeEventListener("change", look);
    };
  }, [root, desk, full]);
}
