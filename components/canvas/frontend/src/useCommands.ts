/** What a person can do, turned into operations. Whether one makes sense is for the server to say. */

import { useReactFlow } from "@xyflow/react";
import type { Commands } from "./keys";
import type { Link } from "./scene";
import type { Session, View } from "./session";
import type { Rect } from "./types";
import { walk } from "./walk";

/** Where a new block goes: behind a node, or on a connection. */
export type Place = { after: string | null } | { source: string; target: string };

interface Needs {
  session: Session;
  view: View;
  links: Link[];
  rects: Map<string, Rect>;
  edge: string | null;
  adding: (place: Place) => void;
  tidy: () => void;
  help: () => void;
  close: () => boolean; // whether there was something to close
}

export function useCommands(needs: Needs): Commands & { place(block: string, at: Place): void } {
  const flow = useReactFlow();
  const { session, view, links, rects, edge } = needs;
  const { rows, selection, others } = view;
  const chosen = selection === null ? [] : [...others, selection];
  const nodes = new Set(rows.map((row) => row.id));
  const fit = () => void flow.fitView({ padding: 0.08, maxZoom: 1 });
  return {
    walk: (arrow) => {
      const tops = new Map([...rects].filter(([id]) => nodes.has(id)));
      const outer = links.filter((link) => link.parent === null);
      const to = walk(selection, arrow, tops, outer);
      if (to !== null) session.select([to]);
    },
    fold: () => {
      const row = rows.find((each) => each.id === selection);
      if (row && row.layers > 0) session.fold(row.id);
    },
    add: () => needs.adding({ after: selection ?? rows.at(-1)?.id ?? null }),
    place: (block, at) =>
      session.push(
        "source" in at ? { op: "add_on_edge", block, ...at } : { op: "add", block, ...at },
      ),
    remove: () => {
      const link = links.find((each) => each.id === edge);
      if (link) session.push({ op: "disconnect", source: link.source, target: link.target });
      else if (selection !== null) {
        const rest = others.length > 0 ? { others } : {};
        session.push({ op: "remove", node: selection, ...rest });
      }
      needs.close();
    },
    duplicate: () => {
      for (const node of chosen) session.push({ op: "duplicate", node });
    },
    group: () => {
      if (selection !== null) session.push({ op: "group", node: selection, others });
    },
    repeat: (by) => {
      const row = rows.find((each) => each.id === selection);
      if (row && row.repeat + by >= 1) {
        session.push({ op: "repeat", node: row.id, times: row.repeat + by });
      }
    },
    selectAll: () => session.select([...nodes]),
    undo: () => {
      if (session.may("undo")) session.push({ op: "undo" });
    },
    redo: () => {
      if (session.may("redo")) session.push({ op: "redo" });
    },
    fit,
    tidy: needs.tidy,
    help: needs.help,
    escape: () => {
      if (!needs.close()) session.select([]);
    },
  };
}
