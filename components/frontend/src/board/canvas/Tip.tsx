/** A short message below a card, always within the canvas. */

import { useStore } from "@xyflow/react";
import type { CSSProperties, ReactNode } from "react";
import { createPortal } from "react-dom";

interface TipProps {
  node: string; // or a part
  level: "error" | "warning" | "note";
  children: ReactNode;
}

export function Tip({ node, level, children }: TipProps) {
  const page = useStore((state) => state.domNode);
  const place = useStore((state) => {
    const box = state.nodeLookup.get(node);
    if (!box) return "";
    const [x, y, zoom] = state.transform;
    const { width = 0, height = 0 } = box.measured;
    const at = box.internals.positionAbsolute;
    return `${(at.x + width / 2) * zoom + x} ${(at.y + height) * zoom + y}`;
  });
  if (!page || !place) return null;
  const [middle, bottom] = place.split(" ");
  const style = { "--middle": `${middle}px`, "--bottom": `${bottom}px` } as CSSProperties;
  return createPortal(
    <div className="tip" data-level={level} style={style}>
      {children}
    </div>,
    page,
  );
}
