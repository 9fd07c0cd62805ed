/** Which part of a picture is seen, and how large. Nothing here knows the page; all is in pixels. */

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point, Size {}

/** A picture drawn `scale` times as large, with its top left corner at x and y of the room. */
export interface View extends Point {
  scale: number;
}

const LEAST = 0.05;
const MOST = 3;
const READABLE = 0.75; // below that the text is too small
const SEEN = 40; // so much of the picture stays in the room
const EDGE = 16; // around a box that is brought into view

/** Gives the view of the whole picture, never enlarged. */
export function fitted(room: Size, picture: Size): View {
  const scale = limited(Math.min(room.width / picture.width, room.height / picture.height, 1));
  return centered(room, picture, scale);
}

/** Gives the view to begin with: the whole picture, or its top where the whole could not be read. */
export function first(room: Size, picture: Size): View {
  const view = centered(room, picture, Math.max(fitted(room, picture).scale, READABLE));
  return { ...view, y: Math.max(view.y, 0) };
}

/** Gives the view `by` times as large, with what is at a point staying there. */
export function zoomed(view: View, by: number, at: Point): View {
  const scale = limited(view.scale * by);
  const share = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * share, y: at.y - (at.y - view.y) * share };
}

/** Gives the view moved, as far as a part of the picture stays in the room. */
export function moved(view: View, by: Point, room: Size, picture: Size): View {
  const within = (at: number, length: number, space: number) =>
    Math.min(Math.max(at, SEEN - length * view.scale), space - SEEN);
  return {
    ...view,
    x: within(view.x + by.x, picture.width, room.width),
    y: within(view.y + by.y, picture.height, room.height),
  };
}

/** Gives how far to move so that a box of the room is in view; its start counts where it is too large. */
export function wayInto(box: Box, room: Size): Point {
  const way = (at: number, length: number, space: number) => {
    if (at < EDGE) return EDGE - at;
    return Math.max(Math.min(space - EDGE - at - length, 0), EDGE - at);
  };
  return { x: way(box.x, box.width, room.width), y: way(box.y, box.height, room.height) };
}

function centered(room: Size, picture: Size, scale: number): View {
  const x = (room.width - picture.width * scale) / 2;
  return { scale, x, y: (room.height - picture.height * scale) / 2 };
}

function limited(scale: number): number {
  return Math.min(Math.max(scale, LEAST), MOST);
}
