/** Walking the graph by arrow keys. */

import type { Link } from "./scene";
import type { Point, Rect } from "./types";

export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

const STEP: Record<Arrow, Point> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

/**
 * The node that an arrow leads to: of those that are connected and lie that way the nearest, else
 * the nearest of all that lie that way. From nowhere it leads to the first node.
 */
export function walk(
  from: string | null,
  arrow: Arrow,
  rects: Map<string, Rect>,
  links: Link[],
): string | null {
  const start = from === null ? undefined : rects.get(from);
  if (!start) return rects.keys().next().value ?? null;
  const step = STEP[arrow];
  const lies = (id: string) => {
    const rect = rects.get(id);
    if (!rect || id === from) return null;
    const x = rect.x + rect.width / 2 - start.x - start.width / 2;
    const y = rect.y + rect.height / 2 - start.y - start.height / 2;
    const along = x * step.x + y * step.y;
    const across = Math.abs(x * step.y) + Math.abs(y * step.x);
    return along > 4 ? { id, along, across } : null;
  };
  const linked = links
    .filter((link) => link.source === from || link.target === from)
    .flatMap((link) => lies(link.source === from ? link.target : link.source) ?? [])
    .filter(({ along, across }) => along >= across / 2);
  const near = (a: { along: number; across: number }) => a.along + 2 * a.across;
  if (linked.length > 0) return linked.reduce((a, b) => (near(b) < near(a) ? b : a)).id;
  const others = [...rects.keys()]
    .flatMap((id) => lies(id) ?? [])
    .filter(({ along, across }) => along >= across / 2);
  return others.length > 0 ? others.reduce((a, b) => (near(b) < near(a) ? b : a)).id : null;
}
