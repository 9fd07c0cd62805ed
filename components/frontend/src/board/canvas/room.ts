/**
 * Whether the canvas takes the room of the stack's list, of which only the palette stays then.
 *
 * The page's style sheet goes by an attribute of the document, so that all that stands on it moves
 * at once; the browser remembers it.
 */

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useState } from "react";

export type Room = "both" | "canvas";

const NAME = "convstack-room";

/** What was chosen last; both have their room at first. */
export function chosenRoom(): Room {
  try {
    return localStorage.getItem(NAME) === "canvas" ? "canvas" : "both";
  } catch {
    return currentRoom(); // the browser keeps nothing: it lasts until the page is left
  }
}

export function giveRoom(room: Room): void {
  document.documentElement.dataset.csRoom = room;
  try {
    localStorage.setItem(NAME, room);
  } catch {
    return;
  }
}

function currentRoom(): Room {
  return document.documentElement.dataset.csRoom === "canvas" ? "canvas" : "both";
}

/** The room as it is, and what gives it to the other; the middle of the view stays where it is. */
export function useRoom(root: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();
  const [room, setRoom] = useState(chosenRoom);
  const changeRoom = () => {
    const other = room === "both" ? "canvas" : "both";
    const before = root.current?.clientWidth ?? 0;
    giveRoom(other);
    const after = root.current?.clientWidth ?? 0;
    const { x, y, zoom } = flow.getViewport();
    void flow.setViewport({ x: x + (after - before) / 2, y, zoom });
    setRoom(other);
  };
  return { room, changeRoom };
}
