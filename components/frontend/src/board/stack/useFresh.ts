/** Rows that have just come: they flash once, and one that was asked for here is brought in view. */

import { useLayoutEffect, useRef, useState } from "react";
import type { View } from "../session/session";

const MOST = 3; // more than that are another network, or another history
const NONE: ReadonlySet<string> = new Set();

export function useFresh({ data, client }: View, reveal: (id: string) => void) {
  const [fresh, setFresh] = useState(NONE);
  const before = useRef({ document: "", ack: 0, nodes: data.nodes });
  useLayoutEffect(() => {
    const last = before.current;
    const { document, ack, nodes } = data;
    before.current = { document, ack, nodes };
    if (document !== last.document || nodes === last.nodes) return;
    const known = new Set(last.nodes.map(({ id }) => id));
    const came = nodes.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    if (came.length === 0 || came.length > MOST) return;
    setFresh((others) => new Set([...others, ...came]));
    const mine = data.client === client && ack > last.ack;
    if (mine) for (const id of came) reveal(id);
  }, [data, client, reveal]);
  const seen = (id: string) =>
    setFresh((ids) => (ids.has(id) ? new Set([...ids].filter((each) => each !== id)) : ids));
  return { fresh, seen };
}
