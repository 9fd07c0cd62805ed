/** After a change of size, what is selected, else the network, is seen as a whole. */

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import type { Rect } from "./types";
import { refitted } from "./view";

export function useRefit(
  graph: RefObject<HTMLElement | null>,
  rects: Map<string, Rect>,
  selection: string | null,
): void {
  const flow = useReactFlow();
  const now = useRef({ rects, selection });
  now.current = { rects, selection };
  useEffect(() => {
    const element = graph.current!;
    let size = "";
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      const before = size;
      size = `${width}×${height}`;
      if (before === "" || before === size || width === 0) return;
      const { rects: all, selection: id } = now.current;
      const view = flow.getViewport();
      const next = refitted(
        view,
        id === null ? undefined : all.get(id),
        all.values(),
        width,
        height,
      );
      if (next !== view) void flow.setViewport(next);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [graph, flow]);
}
