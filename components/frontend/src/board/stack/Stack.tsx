/** The rows of the architecture: a tree, and over it what follows the pointer. */

import {
  Fragment,
  useCallback,
  useDeferredValue,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { NodeRow } from "../canvas/types";
import { useClipboard } from "../canvas/useClipboard";
import { carrying } from "../carry";
import { type Desk, type Place, placeIn } from "../desk";
import { Help } from "../help/Help";
import { STACK_KEYS } from "../help/keys";
import type { View } from "../session/session";
import type { Actions } from "./actions";
import { called } from "./choice";
import { Gutter, widthOf } from "./Gutter";
import { Inserter } from "./Inserter";
import { Inside } from "./Inside";
import { listCommand } from "./keys";
import { Lines } from "./lines";
import { inLanes, skips, unusualInputs } from "./links";
import { Row } from "./Row";
import { RowToolbar } from "./RowToolbar";
import { ShortcutHead } from "./ShortcutHead";
import { StackBar } from "./StackBar";
import { shortcuts } from "./shortcuts";
import { useCarried } from "./useCarried";
import { useFresh } from "./useFresh";
import { usePointer } from "./usePointer";
import { useRefit } from "./useRefit";
import { useReturns } from "./useReturns";
import { outlineOf, useTops } from "./useTops";

interface StackProps {
  desk: Desk;
  actions: Actions;
  view: View;
}

export function Stack({ desk, actions, view }: StackProps) {
  const shown = useSyncExternalStore(desk.shown.subscribe, desk.shown.snapshot);
  const carries = useSyncExternalStore(
    carrying.subscribe,
    () => carrying.snapshot().thing !== null,
  );
  const { rows, selection } = view;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const [offered, setOffered] = useState<Place | null>(null);
  const open = useMemo(() => new Set(view.open), [view.open]);
  const { spans, facts } = useFacts(view);
  const drawn = useDrawn(rows, open, selection);
  useLayoutEffect(() => {
    desk.lines = new Lines(scroller.current!, list.current!);
    return () => {
      desk.lines = null;
    };
  }, [desk]);
  useReturns(desk.lines, selection, bar.current, drawn);
  const tops = useTops(
    list,
    useMemo(() => outlineOf(rows, open), [rows, open]),
  );
  const { fresh, seen } = useFresh(
    view,
    useCallback((id) => desk.lines?.reveal(id), [desk]),
  );
  useCarried(desk, actions, scroller);
  useRefit(scroller, desk);
  useClipboard(list, desk.session, actions.say);
  const pointer = usePointer(desk, actions, offered, setOffered);
  const byId = useMemo(() => new Map(rows.map((row, at) => [row.id, { row, at }])), [rows]);
  const chosen = selection === null ? undefined : byId.get(selection);
  const passed = pointer.hovered === selection ? undefined : byId.get(pointer.hovered ?? "");
  const bottom = (id: string | null) => (id === null ? 0 : (tops.bottom.get(id) ?? 0));
  const insertion = carries ? shown.dragged : placeIn(shown.insertion, view);
  const keys = (event: React.KeyboardEvent) => {
    const command = listCommand(event.nativeEvent, actions, desk.lines!.focusedPart() !== null);
    if (!command || command() === false) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className="stack" aria-label="Stack">
      <StackBar {...{ desk, actions, view }} hint={shown.hint} />
      <div className="rows" style={{ "--gutter": `${widthOf(spans)}px` } as React.CSSProperties}>
        <Heads hidden={rows.length === 0} />
        <div ref={scroller} className="scroller" {...pointer.scroller}>
          <div className="content">
            <Gutter spans={spans} tops={tops} selection={selection} />
            <div
              ref={list}
              className="list"
              role="tree"
              aria-label="Stack of blocks"
              aria-multiselectable="true"
              hidden={rows.length === 0}
              onKeyDown={keys}
              onAnimationEnd={(event) => seen((event.target as HTMLElement).dataset.nodeId ?? "")}
              {...pointer.list}
            >
              {rows.map((row, at) => (
                <Fragment key={row.id}>
                  {facts.begins(at) && <ShortcutHead depth={0} />}
                  <Row
                    row={row}
                    inputs={facts.inputs.get(row.id) ?? ""}
                    share={facts.share(row)}
                    selected={row.id === selection || view.others.includes(row.id)}
                    tabbable={chosen ? row.id === selection : at === 0}
                    open={open.has(row.id)}
                    hovered={row.id === pointer.hovered}
                    fresh={fresh.has(row.id)}
                    shortcut={facts.shortcut(row.id)}
                  />
                  {row.parts.length > 0 && open.has(row.id) && <Inside row={row} open={open} />}
                </Fragment>
              ))}
            </div>
            <div
              className="marker"
              hidden={!insertion}
              style={{ top: bottom(insertion?.after ?? null) }}
            />
            <RowToolbar
              ref={bar}
              actions={actions}
              row={chosen?.row ?? null}
              place={chosen?.at ?? 0}
              count={rows.length}
              top={tops.top.get(selection ?? "") ?? 0}
            />
            <Inserter
              offered={offered}
              fallback={chosen ? selection : (rows.at(-1)?.id ?? null)}
              named={(id) => facts.name(id)}
              bottom={bottom}
              insert={(after) => desk.insertAt(after)}
              offer={setOffered}
            />
            <RowToolbar
              passing
              actions={actions}
              row={passed?.row ?? null}
              place={passed?.at ?? 0}
              count={rows.length}
              top={tops.top.get(pointer.hovered ?? "") ?? 0}
            />
          </div>
          <Begin hidden={rows.length === 0 || rows.some(({ category }) => category !== "io")} />
          <Empty hidden={rows.length > 0} add={() => actions.add("Input")} />
        </div>
      </div>
      {shown.helping === "Stack" && (
        <Help keys={STACK_KEYS} close={() => desk.hideHelp("Stack")} back={() => desk.focusRow()} />
      )}
    </section>
  );
}

/** A value that is new where the list is drawn otherwise. */
function useDrawn(...what: [View["rows"], ReadonlySet<string>, string | null]): unknown {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it stands for them
  return useMemo(() => ({}), what);
}

/** What the rows need to know of each other. Links are those of the server's answer. */
function useFacts({ data, rows }: View) {
  const links = useMemo(() => {
    const unusual = unusualInputs(data.nodes);
    return { unusual, skips: skips(data.nodes, unusual), aside: shortcuts(data.nodes) };
  }, [data.nodes]);
  // The bars of all rows may wait for a moment: the row that was edited is drawn before.
  const heaviest = useDeferredValue(Math.max(1, ...rows.map((row) => row.params)));
  return useMemo(() => {
    const names = new Map(rows.map((row) => [row.id, called(row)]));
    const name = (id: string | null) => (id === null ? "" : (names.get(id) ?? ""));
    const written = ([id, inputs]: [string, string[]]) =>
      [id, inputs.map((input) => names.get(input) ?? input).join("\n")] as const;
    const merge = (at: number) => links.aside.get(rows[at]?.id ?? "");
    const facts = {
      name,
      inputs: new Map([...links.unusual].map(written)),
      share: (row: NodeRow) => Math.min(100, Math.round((100 * row.params) / heaviest)),
      shortcut: (id: string) => name(links.aside.get(id) ?? null),
      begins: (at: number) => merge(at) !== undefined && merge(at) !== merge(at - 1),
    };
    return { spans: inLanes(links.skips, rows), facts };
  }, [links, rows, heaviest]);
}

function Heads({ hidden }: { hidden: boolean }) {
  return (
    <div className="heads" aria-hidden="true" hidden={hidden}>
      {["Name", "Block", "Output", "Params"].map((word) => (
        <span key={word} className={word}>
          {word}
        </span>
      ))}
    </div>
  );
}

/** What is said below an Input that nothing stands behind yet. */
function Begin({ hidden }: { hidden: boolean }) {
  return (
    <p className="empty begin" hidden={hidden}>
      Now the layers: press one on the left to add it here, or <kbd>/</kbd> and its name. Or begin
      with one of the Templates above.
    </p>
  );
}

function Empty({ hidden, add }: { hidden: boolean; add: () => void }) {
  return (
    <p className="empty" hidden={hidden}>
      <button type="button" className="link" onClick={add}>
        Add an Input block
      </button>{" "}
      to begin, or open a template.
    </p>
  );
}
