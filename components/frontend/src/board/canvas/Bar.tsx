/** The toolbar over the canvas. */

import { useEffect, useRef } from "react";
import { rove, walkAlong } from "../../shared/roving";
import { chord } from "../help/keys";
import { Icon, type IconName } from "../Icon";
import type { View } from "../session/session";
import type { Commands } from "./keys";
import { OVERLAYS } from "./overlay";
import type { Direction, Overlay } from "./types";

interface Props {
  view: View;
  commands: Commands;
  direction: Direction;
  overlay: Overlay;
  turn: () => void;
  show: (overlay: Overlay) => void;
  save: (format: "svg" | "png") => void;
  focus: () => void; // give the canvas the keyboard
}

export function Bar({ view, commands, direction, overlay, turn, show, save, focus }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const stops = () => [...bar.current!.querySelectorAll<HTMLElement>("button, select")];
  // One stop for the Tab key; the arrow keys lead on, and Escape back to the canvas.
  useEffect(() => {
    const all = stops();
    if (all.filter((stop) => stop.tabIndex === 0).length !== 1) rove(all, all[0]);
  });
  const keys = (event: React.KeyboardEvent) => {
    const turns = event.target instanceof HTMLSelectElement && /Up|Down/.test(event.key);
    if (event.key === "Escape") focus();
    else if (turns || !walkAlong(event.nativeEvent, stops())) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { others, selection } = view;
  const chosen = selection === null ? 0 : others.length + 1;
  return (
    <div ref={bar} className="bar-top" role="toolbar" aria-label="Canvas" onKeyDown={keys}>
      <button
        type="button"
        className="tool wide"
        title="Add a block (/)"
        aria-label="Add"
        onClick={commands.add}
      >
        <Icon name="plus" />
        <span className="word">Add</span>
      </button>
      {chosen > 1 && (
        <button
          type="button"
          className="tool wide"
          title={`Make a block of the selected ones (${chord(["Ctrl", "G"])})`}
          aria-label={`${chosen} selected: make a block`}
          onClick={commands.group}
        >
          <Icon name="group" />
          {chosen}
          <span className="chosen">selected</span>
        </button>
      )}
      <span className="space" />
      <label>
        <span className="spoken">Numbers on the cards</span>
        <select value={overlay} onChange={(event) => show(event.target.value as Overlay)}>
          {Object.entries(OVERLAYS).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="picture" title="Save as a picture">
        <span className="spoken">Save as a picture</span>
        <Icon name="save" />
        <select value="" onChange={(event) => save(event.target.value as "svg" | "png")}>
          <option value="" hidden>
            Picture
          </option>
          <option value="svg">SVG</option>
          <option value="png">PNG</option>
        </select>
      </label>
      <Tool
        icon={direction}
        label={direction === "down" ? "Draw from left to right" : "Draw from top to bottom"}
        act={turn}
      />
      <Tool icon="tidy" label="Tidy (T)" act={commands.tidy} />
      <Tool icon="fit" label="Fit (F)" act={commands.fit} />
      <Tool icon="help" label="Keys (?)" act={commands.help} />
    </div>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  act: () => void;
}

function Tool({ icon, label, act }: ToolProps) {
  return (
    <button
      type="button"
      className="tool"
      title={label}
      aria-label={label}
      onMouseDown={(event) => event.preventDefault()}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}
