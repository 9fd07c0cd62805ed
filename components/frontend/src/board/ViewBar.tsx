/** The bar that chooses what is shown of the network. */

import { useRef } from "react";
import { rove, walkAlong } from "../shared/roving";
import type { Desk } from "./desk";
import { chord } from "./help/keys";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import type { View } from "./session/session";
import type { Actions } from "./stack/actions";
import { OWN, type Shown } from "./views";

interface ViewBarProps {
  desk: Desk;
  actions: Actions;
  view: View;
  names: readonly string[];
  shown: Shown;
  dropped: boolean; // whether the palette is shown over the views
  full: boolean; // whether the board has the whole window
  pinned: boolean; // whether the settings stay where nothing is selected
  choose: (name: string) => void;
  split: () => void;
  fill: () => void; // give it the whole window, or take it back
  pin: () => void;
}

export function ViewBar(props: ViewBarProps) {
  const { desk, actions, view, names, shown, dropped, full, pinned } = props;
  const { choose, split, fill, pin } = props;
  const tabs = useRef<HTMLDivElement>(null);
  const stops = () => [...tabs.current!.querySelectorAll<HTMLElement>("button")];
  return (
    <div className="views">
      <button
        type="button"
        ref={(element) => {
          desk.dropButton = element;
        }}
        className="drop"
        title="Add a block (/)"
        aria-expanded={dropped}
        onClick={() => (dropped ? desk.closeSomething() : desk.openPalette())}
      >
        <Icon name="search" />
        Add block
      </button>
      <div
        ref={tabs}
        role="tablist"
        aria-label="Views of the network"
        onKeyDown={(event) => {
          if (!walkAlong(event.nativeEvent, stops())) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            ref={name === shown.main ? keepInSight : undefined}
            aria-selected={name === shown.main}
            data-beside={name === shown.beside ? "" : undefined}
            tabIndex={name === shown.main ? 0 : -1}
            onFocus={(event) => rove(stops(), event.currentTarget)}
            onClick={() => choose(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <span className="space" />
      {full && <History {...{ actions, view }} />}
      {names.length > OWN.length && !shown.beside && (
        <span className="pin">
          <IconButton
            icon="pin"
            label={pinned ? "Unpin the settings" : "Pin the settings"}
            pressed={pinned}
            act={pin}
          />
        </span>
      )}
      <IconButton
        icon="split"
        label={shown.beside ? "One view (W)" : "Split: two views side by side (W)"}
        pressed={shown.beside !== ""}
        act={split}
      />
      <IconButton
        icon="full"
        label={full ? "Leave full window (Esc)" : "Full window"}
        pressed={full}
        act={fill}
      />
    </div>
  );
}

/** In a narrow window the tabs run on past its edge: the chosen one is moved to where it is seen. */
function keepInSight(tab: HTMLElement | null): (() => void) | undefined {
  if (!tab?.parentElement) return undefined;
  const show = () => tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  const watched = new ResizeObserver(show); // calls once at the beginning, too
  watched.observe(tab.parentElement);
  return () => watched.disconnect();
}

/** Undo and redo, while the board lies over the page's own bar, which has them at other times. */
function History({ actions, view: { data, pending } }: { actions: Actions; view: View }) {
  return (
    <>
      <IconButton
        icon="undo"
        label={`Undo (${chord(["Ctrl", "Z"])})`}
        keys="Control+Z"
        off={!data.can_undo && !pending}
        act={actions.undo}
      />
      <IconButton
        icon="redo"
        label={`Redo (${chord(["Ctrl", "Shift", "Z"])})`}
        keys="Control+Shift+Z"
        off={!data.can_redo && !pending}
        act={actions.redo}
      />
    </>
  );
}
