/** The loose end of a connection, while a block is searched for it: the line, and where it leads. */

import { ViewportPortal } from "@xyflow/react";
import { middleOf } from "./drop";
import { CARD } from "./layout";
import type { Direction, Rect } from "./types";
import type { Place } from "./useCommands";

interface LooseProps {
  place: Place;
  rects: Map<string, Rect>;
  direction: Direction;
}

export function Loose({ place, rects, direction }: LooseProps) {
  const reads = "reads" in place;
  const node = reads ? place.reads : "readBy" in place ? place.readBy : null;
  const rect = node === null ? undefined : rects.get(node);
  const { middle } = place;
  if (!rect || !middle) return null;
  const down = direction === "down";
  const end = middleOf(middle, !reads, direction);
  const start = {
    x: rect.x + (down ? rect.width / 2 : reads ? rect.width : 0),
    y: rect.y + (down ? (reads ? rect.height : 0) : rect.height / 2),
  };
  return (
    <ViewportPortal>
      <svg className="loose" aria-hidden="true">
        <path d={`M${start.x},${start.y}L${end.x},${end.y}`} />
        <rect
          x={middle.x - CARD.width / 2}
          y={middle.y - CARD.height / 2}
          width={CARD.width}
          height={CARD.height}
          rx="5"
        />
      </svg>
    </ViewportPortal>
  );
}
