/** The list of keys, over the stack. */

import { useLayoutEffect, useRef } from "react";
import { IconButton } from "../IconButton";

const KEYS = [
  ["/", "search the palette; Enter adds the first hit"],
  ["↑ ↓", "select the row above or below"],
  ["→ ←", "show or hide the layers inside of it"],
  ["Shift ↑ ↓", "select several rows; also Shift or Ctrl with a click"],
  ["Ctrl A", "select all rows"],
  ["Ctrl G", "make a block of the selected rows"],
  ["Home End", "select the first or last row"],
  ["Enter", "add a block after the selected row"],
  ["E", "go to its settings; Esc comes back"],
  ["Alt ↑ ↓", "move the selected row"],
  ["Ctrl C X V", "copy, cut, paste: also into another network or tab"],
  ["Ctrl D", "duplicate it"],
  ["+ −", "repeat it one time more or less"],
  ["Delete", "remove it"],
  ["Ctrl Z", "undo"],
  ["Ctrl Shift Z", "redo, also Ctrl Y"],
  ["Esc", "close, or give up a drag"],
  ["?", "this list"],
] as const;

const MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
const MAC_NAMES: Record<string, string> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧" };

export function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current!;
    const before = (element.getRootNode() as Document | ShadowRoot).activeElement;
    element.focus({ preventScroll: true });
    return () => {
      // The keyboard goes back to where it was, unless somebody took it elsewhere.
      if (!element.matches(":focus-within")) return;
      queueMicrotask(() => (before as HTMLElement | null)?.focus({ preventScroll: true }));
    };
  }, []);
  return (
    <div
      ref={dialog}
      className="help"
      role="dialog"
      aria-label="Keys"
      tabIndex={-1}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <div className="help-head">
        <span className="title">Keys</span>
        <IconButton icon="close" label="Close" act={close} />
      </div>
      <dl>
        {KEYS.flatMap(([keys, what]) => [
          <dt key={keys}>
            {keys.split(" ").map((key) => (
              <kbd key={key}>{(MAC && MAC_NAMES[key]) || key}</kbd>
            ))}
          </dt>,
          <dd key={`${keys} does`}>{what}</dd>,
        ])}
      </dl>
    </div>
  );
}
