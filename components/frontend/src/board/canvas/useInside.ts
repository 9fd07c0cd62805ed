/** Looking into blocks: which frame that is, how one comes there, and out again. */

import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useState } from "react";
import type { Session, View } from "../session/session";
import type { Arrangement } from "./arrangement";
import { pathTo } from "./Crumbs";
import type { Rect } from "./types";
import { refitted, viewOf } from "./view";

const WHOLE = ""; // looked at: the network, and no frame in it

/** A frame that is being unfolded. */
interface Coming {
  key: string;
  large: boolean; // as large as it fits; else as it is, as long as it is seen as a whole
}

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
  const [coming, setComing] = useState<Coming | null>(null);
  const boxes = arrangement?.scene.boxes;
  const within = looked ?? selection;
  const path = arrangement ? pathTo(within, arrangement.scene) : [];
  // A new selection ends the look inside, and the look at the whole.
  useEffect(() => {
    setLooked((key) => (key !== null && nodeOf(key) === selection ? key : null));
  }, [selection]);
  const bring = useCallback(
    (key: string, large = true) => {
      const graph = root.current?.querySelector(".graph");
      const rect = rects.get(key);
      if (!graph || !rect) return;
      const { clientWidth: width, clientHeight: height } = graph;
      const view = flow.getViewport();
      const next = large ? viewOf(rect, width, height) : refitted(view, rect, [], width, height);
      if (next !== view) void flow.setViewport(next);
    },
    [flow, rects, root],
  );
  useEffect(() => {
    if (coming === null || !boxes?.get(coming.key)?.children.length) return;
    bring(coming.key, coming.large);
    setComing(null);
  }, [coming, boxes, bring]);
  const go = (key: string | null) => {
    setLooked(key ?? WHOLE);
    if (key !== null) return bring(key);
    void flow.fitView({ padding: 0.08, maxZoom: 1 });
  };
  const fold = useCallback(
    (key: string) => {
      const opens = !session.view!.open.includes(key);
      if (opens) setLooked(key);
      setComing(opens ? { key, large: false } : null);
      session.fold(key);
    },
    [session],
  );
  return {
    within,
    lookInto: setLooked,
    fold,
    go,
    into: (node: string) => {
      setLooked(node);
      setComing({ key: node, large: true });
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
