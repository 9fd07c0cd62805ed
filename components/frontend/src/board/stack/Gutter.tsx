/** The links drawn left of the rows, like the branches of a history. */

import { memo } from "react";
import type { Span } from "./links";
import type { Tops } from "./useTops";

const MARGIN = 20; // room for the "+" between rows
const LANE = 8;
const CENTER = 15; // of a row's first line, from its top
const BEND = 4;

/** The room that links need left of the rows, in pixels. */
export function widthOf(spans: Span[]): number {
  const lanes = spans.reduce((most, span) => Math.max(most, span.lane + 1), 0);
  return MARGIN + (lanes ? lanes * LANE + 6 : 0);
}

interface GutterProps {
  spans: Span[];
  tops: Tops;
  selection: string | null;
}

export const Gutter = memo(function Gutter({ spans, tops, selection }: GutterProps) {
  const width = widthOf(spans);
  const lines = spans.flatMap(({ source, targets, lane }) =>
    targets.map((target) => ({
      key: `${source}>${target}`,
      on: source === selection || target === selection,
      path: pathOf(tops.top.get(source) ?? 0, tops.top.get(target) ?? 0, lane, width),
    })),
  );
  // What belongs to the selected row is drawn last, over the others.
  lines.sort((a, b) => Number(a.on) - Number(b.on));
  return (
    <svg className="gutter" aria-hidden="true" width={width} height={tops.height}>
      {lines.map(({ key, on, path }) => (
        <path key={key} d={path} className={on ? "on" : ""} />
      ))}
    </svg>
  );
});

function pathOf(source: number, target: number, lane: number, width: number): string {
  const right = width - 1;
  const x = right - 6 - lane * LANE - 0.5;
  const start = source + CENTER + 4.5;
  const end = target + CENTER - 3.5;
  const line =
    `M${right} ${start}H${x + BEND}Q${x} ${start} ${x} ${start + BEND}` +
    `V${end - BEND}Q${x} ${end} ${x + BEND} ${end}H${right}`;
  return `${line}M${right - 3} ${end - 3}L${right} ${end}L${right - 3} ${end + 3}`;
}
