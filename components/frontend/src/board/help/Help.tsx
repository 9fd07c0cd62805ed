/** The list of keys, over the stack or the canvas. */

import { useLayoutEffect, useRef } from "react";
import { IconButton } from "../IconButton";
import { useStable } from "../useStable";
import { type Entry, keyName } from "./keys";

interface HelpProps {
  keys: readonly Entry[];
  close: () => void;
  back: () => void; // gives the view the keyboard, where nothing had it that is still there
}

export function Help({ keys, close, back }: HelpProps) {
  const dialog = useRef<HTMLDivElement>(null);
  const giveBack = useStable(back);
  useLayoutEffect(() => {
    const element = dialog.current!;
    const root = element.getRootNode() as Document | ShadowRoot;
    const before = root.activeElement;
    element.focus({ preventScroll: true });
    return () => {
      // The keyboard goes back to where it was, unless somebody took it elsewhere.
      if (!element.matches(":focus-within")) return;
      queueMicrotask(() => {
        if (root.activeElement && root.activeElement !== document.body) return; // the other view's list
        if (before?.isConnected) (before as HTMLElement).focus({ preventScroll: true });
        else giveBack();
      });
    };
  }, [giveBack]);
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
        {keys.map(([caps, does]) => (
          <div key={caps.join(" ")}>
            <dt>
              {caps.map((cap) => (
                <kbd key={cap}>{keyName(cap, navigator.platform)}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
