/** A connection: its line, the shape that flows, and a "+" that adds a block on it. */

import type { EdgeProps } from "@xyflow/react";
import { memo, useContext } from "react";
import { Acts } from "./acts";
import { useShape } from "./contents";
import type { End, WireData, WireEdge } from "./flow";
import { take, takeNearest } from "./grip";
import type { Point } from "./types";

/** Where the tip of an arrow begins, seen from its point, and the way from there. */
const TIPS = {
  down: [-4, -7, "l4,7l4,-7z"],
  up: [-4, 7, "l4,-7l4,7z"],
  right: [-7, -4, "l7,4l-7,4z"],
  left: [7, -4, "l-7,4l7,4z"],
} as const;

/** Without a transform: each is one more thing to be put together while the graph is moved. */
function tip(heading: WireData["heading"], end: Point): string {
  const [x, y, way] = TIPS[heading];
  return `M${end.x + x},${end.y + y}${way}`;
}

function plusPlace(down: boolean, side: boolean): string {
  if (side) return down ? "0,48" : "48,0";
  return down ? "46,0" : "0,20";
}

const ENDS: readonly End[] = ["source", "target"];

export const Wire = memo(function Wire({
  id,
  source,
  target,
  selected,
  data,
}: EdgeProps<WireEdge>) {
  const acts = useContext(Acts);
  const shape = useShape(id);
  const { path, end, heading, label, side, inner, direction, port, grips } = data!;
  const down = direction === "down";
  // On a lane that goes up or down the shape stands upright.
  const upright = side && down;
  const place = `translate(${label.x},${label.y})`;
  return (
    <g className="wire" data-edge={`${source}>${target}`} data-unknown={shape ? undefined : ""}>
      <path
        className="hit"
        d={path}
        onPointerDown={(event) => {
          if (selected && event.pointerType === "touch") takeNearest(event);
        }}
      />
      <path className="line" d={path} />
      <path className="tip-end" d={tip(heading, end)} />
      <text
        className="shape"
        dy="0.34em"
        textAnchor="middle"
        transform={upright ? `${place} rotate(-90)` : place}
      >
        {shape || "?"}
      </text>
      {!inner &&
        ENDS.map((name) => (
          <g
            key={name}
            className="grip"
            data-end={name}
            transform={`translate(${grips[name].x},${grips[name].y})`}
            onPointerDown={(event) => event.button === 0 && take(event, name)}
          >
            <circle className="room" r="9" />
            <circle r="4" />
          </g>
        ))}
      {!inner && (
        <g
          className="plus"
          transform={`${place} translate(${plusPlace(down, side)})`}
          onClick={(event) => {
            event.stopPropagation();
            acts.addOn(source, target, port);
          }}
        >
          <title>Add a block here</title>
          <circle r="9" />
          <path d="M-4,0h8M0,-4v8" />
        </g>
      )}
    </g>
  );
});
