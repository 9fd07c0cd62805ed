/** The places of everything, recomputed when the network changes and remembered by document. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { elk, loaded } from "./elk";
import { arrangeNodes, InsideLayout, limited, PATIENCE } from "./layout";
import { keep, recall } from "./memory";
import { isAnother, type Landed, type Places, place, type Sizes } from "./place";
import type { Scene } from "./scene";
import { isSameGraph, sceneOf } from "./scene";
import type { Direction, NodeRow } from "./types";

export interface Arrangement {
  document: string;
  rows: NodeRow[]; // what it is an arrangement of
  scene: Scene;
  direction: Direction;
  sizes: Sizes;
  places: Places; // of nodes; those of parts are within their frame
  inOrder: boolean; // whether there was no time for more than the order of the stack
}

const insides = new InsideLayout();

interface Asked {
  document: string;
  rows: NodeRow[];
  direction: Direction;
  tidied: number; // counts the requests to lay out everything again
  landed: Landed | null; // a new node whose place a person has chosen
}

export interface Arranging {
  arrangement: Arrangement | null; // the latest; null at first
  failed: boolean; // whether what was asked last could not be laid out
  move: (moved: Places) => void; // notes that a person has moved nodes
}

export function useArrangement(asked: Asked): Arranging {
  const { document, rows, direction, tidied } = asked;
  const [latest, setArrangement] = useState<Arrangement | null>(null);
  const [failed, setFailed] = useState(false);
  const lastTidied = useRef(tidied);
  const arrangement = useMemo(
    () => retold(latest, document, rows, direction) ?? latest,
    [latest, document, rows, direction],
  );
  const stays = arrangement !== latest; // as it was, for these rows too
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is a new object each time; of it only these ask for a new arrangement
  useEffect(() => {
    let stale = false;
    const anew = lastTidied.current !== tidied;
    if (stays && !anew) return setFailed(false);
    arrange(asked, anew).then(
      (arranged) => {
        if (stale) return;
        lastTidied.current = tidied;
        note(arranged);
        // At once: what Streamlit has to draw after an edit waits in the same queue.
        flushSync(() => {
          setArrangement(arranged);
          setFailed(false);
        });
      },
      (error: unknown) => {
        console.error("the canvas could not be laid out", error);
        if (!stale) setFailed(true);
      },
    );
    return () => {
      stale = true;
    };
  }, [document, rows, direction, tidied]);
  const move = useCallback((moved: Places) => {
    setArrangement((before) => {
      if (!before) return before;
      const after = { ...before, places: new Map([...before.places, ...moved]) };
      note(after);
      return after;
    });
  }, []);
  return { arrangement, failed, move };
}

/** The arrangement of a network that differs in words only: all stays where it is. */
export function retold(
  before: Arrangement | null,
  document: string,
  rows: NodeRow[],
  direction: Direction,
): Arrangement | null {
  if (before?.document !== document || before.direction !== direction) return null;
  if (before.rows === rows) return before;
  const scene = sceneOf(rows);
  return isSameGraph(before.scene, scene) ? { ...before, rows, scene } : null;
}

async function arrange(asked: Asked, anew: boolean): Promise<Arrangement> {
  const { document, rows, direction, landed } = asked;
  const scene = sceneOf(rows);
  const layOut = limited(elk, PATIENCE, loaded);
  const { sizes, places: inner, whole } = await insides.arrange(scene, direction, layOut);
  const known = recall(document)[direction];
  const before = {
    places: new Map(Object.entries(known?.places ?? {})),
    sizes: new Map(Object.entries(known?.sizes ?? {})),
  };
  const laid =
    anew || isAnother(scene, before.places)
      ? await arrangeNodes(scene, sizes, direction, layOut)
      : { places: place(scene, sizes, before, direction, landed), whole: !known?.inOrder };
  const places = new Map([...laid.places, ...inner]);
  return { document, rows, scene, direction, sizes, places, inOrder: !(whole && laid.whole) };
}

/** Remembers where the nodes are. */
function note({ document, scene, direction, sizes, places, inOrder }: Arrangement): void {
  const nodes = [...scene.boxes.values()].filter((box) => box.parent === null);
  recall(document)[direction] = {
    places: Object.fromEntries(nodes.map(({ id }) => [id, places.get(id)!])),
    sizes: Object.fromEntries(nodes.map(({ id }) => [id, sizes.get(id)!])),
    inOrder,
  };
  keep(document);
}
