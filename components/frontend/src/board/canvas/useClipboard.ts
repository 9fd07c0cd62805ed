/** Copy, cut and paste, by the browser's own events: they need no permission. */

import { useEffect } from "react";
import type { Session, View } from "../session/session";
import { clipOf, whyNot } from "./clipboard";

const FIELDS = "input, textarea, select, [contenteditable]";

export function useClipboard(
  root: React.RefObject<HTMLElement | null>,
  session: Session,
  say: (words: string) => void,
): void {
  useEffect(() => {
    const act = (event: ClipboardEvent) => {
      const view = session.view;
      if (!view || event.defaultPrevented || !event.clipboardData) return;
      if (!attended(root.current)) return;
      if (event.type === "paste") {
        paste(event.clipboardData.getData("text/plain"), session, view, say);
      } else if (!copy(event.clipboardData, event.type === "cut", session, view, say)) {
        return;
      }
      event.preventDefault();
    };
    const names = ["copy", "cut", "paste"] as const;
    for (const name of names) document.addEventListener(name, act);
    return () => {
      for (const name of names) document.removeEventListener(name, act);
    };
  }, [root, session, say]);
}

function copy(
  clipboard: DataTransfer,
  cut: boolean,
  session: Session,
  view: View,
  say: (words: string) => void,
): boolean {
  const { selection, others } = view;
  if (selection === null) return false;
  const text = clipOf([...others, selection], view, !cut);
  if (text === null) return false;
  clipboard.setData("text/plain", text);
  if (cut) {
    const rest = others.length > 0 ? { others } : {};
    session.push({ op: "remove", node: selection, ...rest });
  }
  const number = others.length + 1;
  say(`${number} ${number === 1 ? "block" : "blocks"} ${cut ? "cut" : "copied"}`);
  return true;
}

function paste(text: string, session: Session, view: View, say: (words: string) => void): void {
  const why = whyNot(text);
  if (why) {
    say(why);
    return;
  }
  const after = view.selection ?? view.rows.at(-1)?.id ?? null;
  session.push({ op: "paste", text, after });
}

/** Whether a view has the keyboard, and no text field in it. */
function attended(root: HTMLElement | null): boolean {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at !== null && !at.closest(FIELDS) && (root?.contains(at) ?? false);
}
