/**
 * What can be done with a row, as a bar of small buttons over its middle. One bar follows the
 * selected row and one the pointer; items of a tree may not contain buttons.
 */

import { useEffect, useRef } from "react";
import { walkAlong } from "../../shared/roving";
import type { NodeRow } from "../canvas/types";
import { IconButton } from "../IconButton";
import type { Actions } from "./actions";
import { called } from "./choice";

interface RowToolbarProps {
  actions: Actions;
  row: NodeRow | null; // null hides it
  place: number; // of the row, from 0
  count: number; // of all rows
  top: number; // in pixels
  ref?: React.RefObject<HTMLDivElement | null>;
  passing?: boolean; // whether it follows the pointer; then the Tab key does not reach it
}

export function RowToolbar({ actions, row, place, count, top, passing = false }: RowToolbarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const id = row?.id;
  // The style sheet's moment of grace, in which a press goes to the row below, begins again.
  useEffect(() => {
    if (id === undefined) return;
    for (const animation of bar.current!.getAnimations()) {
      animation.cancel();
      animation.play();
    }
  }, [id]);
  const keys = (event: React.KeyboardEvent) => {
    const buttons = [...bar.current!.querySelectorAll<HTMLElement>("button")];
    if (event.key === "Escape") actions.desk.focusRow();
    else if (!walkAlong(event.nativeEvent, buttons)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const tool = (
    name: Parameters<typeof IconButton>[0]["icon"],
    label: string,
    act: () => void,
    off = false,
  ) => (
    <IconButton
      icon={name}
      label={label}
      act={() => row && !off && act()}
      off={off} // not `disabled`: that would take the keyboard from a button in use
      tabIndex={name === "duplicate" && !passing ? 0 : -1}
    />
  );
  return (
    <div
      ref={bar}
      className={`row-toolbar ${passing ? "passing" : ""}`}
      role="toolbar"
      aria-label={row ? called(row) : undefined}
      hidden={!row}
      style={{ top }}
      onKeyDown={keys}
      onMouseDown={(event) => event.preventDefault()} // a press leaves the keyboard where it is
    >
      {tool("duplicate", "Duplicate", () => actions.duplicate(id))}
      <span className="rule" />
      {tool("minus", "Repeat one time less", () => actions.repeat(-1, id), row?.repeat === 1)}
      <span className="times-now" aria-hidden="true">
        ×{row?.repeat}
      </span>
      {tool("plus", "Repeat one time more", () => actions.repeat(1, id))}
      <span className="rule" />
      {tool("up", "Move up", () => actions.move(-1, id), place <= 0)}
      {tool("down", "Move down", () => actions.move(1, id), place >= count - 1)}
      {tool("remove", "Remove", () => actions.remove(id))}
    </div>
  );
}
