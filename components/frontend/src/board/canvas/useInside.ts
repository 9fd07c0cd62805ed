/** Looking into blocks: which frame that is, how one comes there, and out again. */

import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useState } from "react";
import type { Session, View } from "../session/session";
import type { Arrangement } from "./arrangement";
import { pathTo } from "./Crumbs";
import type { Rect } from "./types";
import { viewOf } from "./view";

interface Around {
  session: Session;
  view: View;
  arrangement: Arrangement | null;
  rects: Map<string, Rect>;
  root: React.RefObject<HTMLElement | null>;
}

export function useInside({ session, view, arrangement, rects, root }: Around) {
  const flow = useReactFlow();
  const { selection, open } = view;
  const [looked, setLooked] = useState<string | null>(null); // the frame that was asked for last
  const [coming, setComing] = useState<string | null>(null); // a frame that is being unfolded
  const boxes = arrangement?.scene.boxes;
  const within = looked ?? selection;
  const path = arrangement ? pathTo(within, arrangement.scene) : [];
  // A new selection ends the look inside.
  useEffect(() => {
    setLooked((key) => (key !== null && nodeOf(key) === selection ? key : null));
  }, [selection]);
  const bring = useCallback(
    (key: string) => {
      const graph = root.current?.querySelector(".graph");
      const rect = rects.get(key);
      if (graph && rect) {
        void flow.setViewport(viewOf(rect, graph.clientWidth, graph.clientHeight));
      }
    },
    [flow, rects, root],
  );
  useEffect(() => {
    if (coming === null || !boxes?.get(coming)?.children.length) return;
    bring(coming);
    setComing(null);
  }, [coming, boxes, bring]);
  const go = (key: string | null) => {
    setLooked(key);
    if (key !== null) return bring(key);
    session.select([]);
    void flow.fitView({ padding: 0.08, maxZoom: 1 });
  };
  return {
    within,
    lookInto: setLooked,
    go,
    into: (node: string) => {
      setLooked(node);
      setComing(node);
      if (!open.includes(node)) session.fold(node);
    },
    up: () => {
      if (path.length > 0) go(path.at(-2)?.id ?? null);
    },
  };
}

/** The node that a key belongs to. */
function nodeOf(key: string): string {
  return key.split("/", 1)[0]!;
}
