/** The line over the stack: how much there is, whether it is saved, keys. */

import { grouped } from "../../shared/numbers";
import type { Desk } from "../desk";
import { Icon } from "../Icon";
import { IconButton } from "../IconButton";
import type { View } from "../session/session";
import { explained } from "../session/status";
import type { Actions } from "./actions";

interface StackBarProps {
  desk: Desk;
  actions: Actions;
  view: View;
  hint: string; // what was done, or why something was not
}

const WORDS = {
  "": "",
  saving: "Saving…",
  offline: "Offline: edits wait",
  refused: "Not saved: reload",
  gone: "Reload the page",
};

export function StackBar({ desk, actions, view, hint }: StackBarProps) {
  const { rows, others, status } = view;
  const blocks = rows.reduce((sum, row) => sum + row.repeat, 0);
  const repeated = blocks !== rows.length;
  return (
    <div className="stack-bar">
      <span className="title">Stack</span>
      <span className="count" title={repeated ? `${rows.length} rows, repeats counted` : undefined}>
        {rows.length > 0 && `${grouped(blocks)} block${blocks === 1 ? "" : "s"}`}
      </span>
      <button
        type="button"
        className="link group"
        hidden={others.length === 0}
        aria-keyshortcuts="Control+G"
        onClick={actions.group}
      >
        Make a block of {others.length + 1}
      </button>
      <span className="why" aria-hidden="true">
        {hint}
      </span>
      <span
        className="status"
        role="status"
        data-state={status}
        title={explained(status) || undefined}
      >
        <span className="dot" />
        <Icon name="offline" />
        <span className="words">{WORDS[status]}</span>
      </span>
      <IconButton icon="help" label="Keys (?)" act={() => desk.help("Stack")} />
    </div>
  );
}
