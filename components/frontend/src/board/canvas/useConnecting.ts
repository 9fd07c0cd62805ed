/**
 * A connection while it is drawn, or while an end of it is moved: where it may go, and what happens
 * where it is let go. An end that is let go over nothing stays where it was.
 */

import type { HandleType, OnConnectEnd, OnConnectStart } from "@xyflow/react";
import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef, useState } from "react";
import type { Moved, Verdicts } from "../session/link";
import type { Session } from "../session/session";
import { useStable } from "../useStable";
import { mayEndAt, movedTo } from "./connect";
import { middleOf } from "./drop";
import type { WireEdge } from "./flow";
import { heldAt, swapOf } from "./held";
import type { Scene } from "./scene";
import type { Direction, Point, Rect } from "./types";
import { spotAt } from "./useCarry";
import type { Place } from "./useCommands";

export interface Drawn {
  from: string;
  seeks: HandleType; // which end of a node it is to be let go on
  moved: Moved | undefined; // the connection whose end it is
  verdicts: Verdicts; // none until the server has answered
}

interface Around {
  session: Session;
  scene: Scene;
  rects: ReadonlyMap<string, Rect>;
  direction: Direction;
  root: React.RefObject<HTMLElement | null>;
  add: (place: Place) => void; // asks for a block for the loose end
}

export function useConnecting({ session, scene, rects, direction, root, add }: Around) {
  const flow = useReactFlow();
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const givenUp = useRef(false);
  const moved = useRef<Moved | undefined>(undefined); // the connection whose end is moved
  useEffect(() => {
    if (!drawn) return;
    const giveUp = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      givenUp.current = true;
      // React Flow knows no other way to leave a connection alone.
      root.current?.getRootNode().dispatchEvent(new MouseEvent("mouseup"));
    };
    document.addEventListener("keydown", giveUp, true);
    return () => document.removeEventListener("keydown", giveUp, true);
  }, [drawn, root]);
  const onConnectStart: OnConnectStart = useStable((_, { nodeId, handleType }) => {
    if (nodeId === null) return;
    givenUp.current = false;
    const seeks = handleType === "source" ? "target" : "source";
    const begun: Drawn = { from: nodeId, seeks, moved: moved.current, verdicts: {} };
    setDrawn(begun);
    void session
      .verdicts(handleType === "source" ? "source" : "reader", nodeId, moved.current)
      .then((verdicts) => setDrawn((now) => (now === begun ? { ...begun, verdicts } : now)));
  });
  const swapAt = (on: Point) => {
    const held = heldAt(flow.screenToFlowPosition(on), scene, rects, direction);
    const swap = held && swapOf(moved.current!, held, session.view!.rows);
    if (swap?.operation) session.push(swap.operation);
  };
  const onConnectEnd: OnConnectEnd = useStable((event, { isValid, fromHandle }) => {
    setDrawn(null);
    const { clientX: x, clientY: y } = "changedTouches" in event ? event.changedTouches[0]! : event;
    if (moved.current) {
      if (!givenUp.current && drawn?.seeks === "target") swapAt({ x, y });
      return;
    }
    const spot = givenUp.current ? null : spotAt(x, y, root.current!, scene);
    if (isValid || !fromHandle || !spot || spot.at === "node") return;
    const { nodeId, type } = fromHandle;
    const box = root.current!.getBoundingClientRect();
    add({
      ...(type === "source" ? { reads: nodeId } : { readBy: nodeId }),
      at: { x: x - box.left, y: y - box.top },
      middle: middleOf(flow.screenToFlowPosition({ x, y }), type === "source", direction),
    });
  });
  const onConnect = useStable(({ source, target }: { source: string; target: string }) => {
    if (!givenUp.current) session.push({ op: "connect", source, target });
  });
  const onReconnectStart = useStable((_: unknown, { source, target, data }: WireEdge) => {
    moved.current = { source, target, port: data!.port };
  });
  const onReconnect = useStable((_: WireEdge, to: { source: string; target: string }) => {
    const operation = givenUp.current ? null : movedTo(moved.current!, to);
    if (operation) session.push(operation);
  });
  const onReconnectEnd = useStable(() => {
    moved.current = undefined;
  });
  const isValidConnection = useStable(({ source, target }: { source: string; target: string }) => {
    return drawn !== null && mayEndAt(drawn.verdicts, drawn.from === source ? target : source);
  });
  const moving = { onReconnectStart, onReconnect, onReconnectEnd };
  return {
    drawn,
    events: { onConnectStart, onConnectEnd, onConnect, isValidConnection, ...moving },
  };
}
