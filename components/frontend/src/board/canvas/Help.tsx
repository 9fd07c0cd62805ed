/** The list of keys. */

import { useEffect, useRef } from "react";
import { Icon } from "../Icon";

export const KEYS = [
  ["/", "add a block; also a double click"],
  ["Drag", "blocks in; with Shift unconnected"],
  ["Lower edge", "drag it to another block to connect them"],
  ["A skip", "add an Add, then drag both to it"],
  ["Arrows", "walk along the connections"],
  ["Space", "show or hide the layers inside"],
  ["Enter", "look into the selected block"],
  ["E", "go to its settings; Esc comes back"],
  ["U", "out of it again, one step up"],
  ["Shift, Ctrl click", "select several; Shift drag: a box"],
  ["Ctrl A", "select all"],
  ["Ctrl G", "make a block of what is selected"],
  ["Ctrl C X V", "copy, cut, paste, also across networks"],
  ["Ctrl D", "duplicate"],
  ["+ −", "repeat one time more or less"],
  ["R", "type how often it is repeated"],
  ["Delete", "remove, or cut the selected line"],
  ["Ctrl Z", "undo"],
  ["Ctrl Shift Z", "redo, also Ctrl Y"],
  ["F", "fit all into the view"],
  ["T", "tidy: lay out everything again"],
  ["Ctrl wheel", "zoom"],
  ["W", "this view beside another one, or alone"],
  ["Esc", "close, give up, or select nothing"],
  ["?", "this list"],
] as const;

/** `back` says whether the keyboard goes back to the canvas; else it is somewhere by choice. */
export function Help({ close }: { close: (back: boolean) => void }) {
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => dialog.current?.focus({ preventScroll: true }), []);
  return (
    <div
      ref={dialog}
      className="help"
      role="dialog"
      aria-label="Keys"
      tabIndex={-1}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close(false);
      }}
    >
      <div className="help-head">
        <b>Keys</b>
        <button
          type="button"
          className="tool"
          aria-label="Close"
          title="Close"
          onClick={() => close(true)}
        >
          <Icon name="close" />
        </button>
      </div>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
