/** The inputs of a node while the end of one of its lines is held over it: where each is taken. */

import { ViewportPortal } from "@xyflow/react";
import { stretches } from "./held";
import type { Rect } from "./types";

interface InletsProps {
  rect: Rect;
  inlets: number;
  held: number; // the one under the pointer
}

export function Inlets({ rect, inlets, held }: InletsProps) {
  const { x, y, width, height } = rect;
  return (
    <ViewportPortal>
      <div
        className="inlets"
        aria-hidden="true"
        style={{ transform: `translate(${x}px, ${y}px)`, width, height }}
      >
        {stretches(inlets).map(([from, to], inlet) => (
          <span key={from} data-held={inlet === held || undefined} style={{ flexGrow: to - from }}>
            {inlet + 1}
          </span>
        ))}
      </div>
    </ViewportPortal>
  );
}
