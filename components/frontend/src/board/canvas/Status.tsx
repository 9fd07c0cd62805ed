/** What there is to know at the moment: whether all is saved, and what has just happened. */

import type { View } from "../session/session";
import { explained } from "../session/status";

interface StatusProps {
  view: View;
  hint: string; // stays for a moment only
  inOrder: boolean; // whether the layout was given up
}

export function Status({ view: { status, data }, hint, inOrder }: StatusProps) {
  const folded = data.closed > 0 && `Too much to draw at once: ${data.closed} drawn folded`;
  const given = inOrder && "Too many connections to lay out: blocks stand in the stack's order";
  return (
    <p className="status" role="status">
      {status === "saving" ? "Saving…" : explained(status)}
      {!status && hint}
      {!status && !hint && [folded, given].filter(Boolean).join(". ")}
    </p>
  );
}
