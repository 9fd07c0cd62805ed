/** What a person can do, turned into operations. Whether one makes sense is for the server to say. */

import { useReactFlow } from "@xyflow/react";
import { toInspector } from "../../shared/inspect";
import { chosenIn, type Operation, type Session, type View } from "../session/session";
import { clipOf } from "./clipboard";
import type { Commands } from "./keys";
import type { Link } from "./scene";
import type { Point, Rect } from "./types";
import { walk } from "./walk";

/** Where a new block goes: behind a node, on a connection, or to the loose end of one. */
export type Place = (
  | { after: string | null }
  | { source: string; target: string; port: number }
  | { reads: string }
  | { readBy: string }
) & {
  at?: Point; // where it is asked for, within the canvas
  middle?: Point; // where the middle of its card is to be, in the graph
};

interface Needs {
  session: Session;
  view: View;
  links: Link[];
  rects: Map<string, Rect>;
  edge: string | null;
  adding: (place: Place) => void;
  tidy: () => void;
  split: () => void; // show another view beside it, or it alone
  help: () => void;
  close: () => boolean; // whether there was something to close
  type: (node: string) => void; // how often it is repeated
  fold: (node: string) => void; // show or hide what it is made of
  into: (node: string) => void; // look into it
  up: () => void; // and out of it again
  focus: () => void; // give the canvas the keyboard
}

export function useCommands(needs: Needs): Commands & { place(block: string, at: Place): void } {
  const flow = useReactFlow();
  const { session, view, links, rects, edge } = needs;
  const { rows, selection, others } = view;
  const chosen = chosenIn(view);
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
      if (row && row.layers > 0) needs.fold(row.id);
    },
    add: () => needs.adding({ after: selection ?? rows.at(-1)?.id ?? null }),
    place: (block, at) => {
      const number = session.push(operationOf(block, at));
      if (at.middle) session.land(number, at.middle);
    },
    remove: () => {
      const link = links.find((each) => each.id === edge);
      if (link) {
        const { source, target, port } = link;
        session.push({ op: "disconnect", source, target, port });
      } else if (selection !== null) {
        const rest = others.length > 0 ? { others } : {};
        session.push({ op: "remove", node: selection, ...rest });
      }
      needs.close();
    },
    duplicate: () => {
      const [node, ...more] = chosen;
      if (node && more.length === 0) return void session.push({ op: "duplicate", node });
      const text = clipOf(chosen, view, false);
      const after = rows.findLast((row) => chosen.includes(row.id))?.id ?? null;
      if (text !== null) session.push({ op: "paste", text, after });
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
    times: () => {
      if (rows.find((each) => each.id === selection)?.repeats) needs.type(selection!);
    },
    into: () => {
      if (rows.some((each) => each.id === selection && each.layers > 0)) needs.into(selection!);
    },
    up: needs.up,
    inspect: () => {
      const row = rows.find((each) => each.id === selection);
      if (row) toInspector(row.name || row.id, needs.focus);
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
    split: needs.split,
    help: needs.help,
    escape: () => {
      if (needs.close()) return true;
      session.select([]);
      return selection !== null;
    },
  };
}

function operationOf(block: string, place: Place): Operation {
  if ("source" in place) {
    const { source, target, port } = place;
    return { op: "add_on_edge", block, source, target, port };
  }
  if ("reads" in place) return { op: "attach", block, source: place.reads };
  if ("readBy" in place) return { op: "attach", block, target: place.readBy };
  return { op: "add", block, after: place.after };
}
