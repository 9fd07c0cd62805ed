/** Where the rows lie, in pixels from the top of the list: for what is laid over them. */

import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import type { NodeRow } from "../canvas/types";

export interface Tops {
  top: Map<string, number>; // by the rows' ids
  bottom: Map<string, number>; // with what is shown inside
  height: number; // of the whole list
}

const NOWHERE: Tops = { top: new Map(), bottom: new Map(), height: 0 };

/** What decides where rows lie: another value where they may lie elsewhere. */
export function outlineOf(rows: NodeRow[], open: Iterable<string>): string {
  const lines = rows.map(({ id, level, inputs }) => [id, level, ...inputs].join(","));
  return [...lines, ...open].join(";");
}

/**
 * Measures the rows where that is needed: the browser lays out the whole page for it.
 *
 * @param outline see `outlineOf`
 */
export function useTops(list: RefObject<HTMLElement | null>, outline: string): Tops {
  const [tops, setTops] = useState(NOWHERE);
  const look = useCallback(() => {
    if (!list.current) return;
    const now = measured(list.current);
    setTops((before) => (same(before, now) ? before : now));
  }, [list]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the outline decides where rows lie
  useLayoutEffect(look, [look, outline]);
  useEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, [list, look]);
  return tops;
}

function measured(list: HTMLElement): Tops {
  const tops: Tops = { top: new Map(), bottom: new Map(), height: list.offsetHeight };
  let row = "";
  for (const line of list.children as HTMLCollectionOf<HTMLElement>) {
    const id = line.dataset.nodeId;
    if (id !== undefined) {
      row = id;
      tops.top.set(id, line.offsetTop);
    }
    if (id !== undefined || line.matches(".inside")) {
      tops.bottom.set(row, line.offsetTop + line.offsetHeight);
    }
  }
  return tops;
}

function same(one: Tops, other: Tops): boolean {
  const alike = (a: Map<string, number>, b: Map<string, number>) =>
    a.size === b.size && [...a].every(([id, at]) => b.get(id) === at);
  return (
    one.height === other.height && alike(one.top, other.top) && alike(one.bottom, other.bottom)
  );
}
