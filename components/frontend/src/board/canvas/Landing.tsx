/** What is said and shown of the node that the loose end of a connection is held over. */

import type { View } from "../session/session";
import { swapOf } from "./held";
import { Inlets } from "./Inlets";
import { Reason } from "./Reason";
import type { Scene } from "./scene";
import type { Direction, Rect } from "./types";
import type { Drawn } from "./useConnecting";
import { useHeld } from "./useHeld";

interface LandingProps {
  drawn: Drawn;
  rows: View["rows"];
  scene: Scene;
  rects: ReadonlyMap<string, Rect>;
  direction: Direction;
}

export function Landing({ drawn, rows, scene, rects, direction }: LandingProps) {
  const held = useHeld(scene, rects, direction);
  const box = held && scene.boxes.get(held.node);
  if (!box || held.node === drawn.from) return null;
  const { moved, seeks, verdicts } = drawn;
  const swap = moved && seeks === "target" ? swapOf(moved, held, rows) : null;
  return (
    <>
      <Reason node={held.node} verdict={swap ?? verdicts[held.node]} />
      {swap && box.inlets > 1 && (
        <Inlets rect={rects.get(box.id)!} inlets={box.inlets} held={held.inlet} />
      )}
    </>
  );
}
