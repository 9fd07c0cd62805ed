/** What there is to know at the moment: whether all is saved, and what has just happened. */

import type { View } from "./session";

interface StatusProps {
  view: View;
  hint: string; // stays for a moment only
}

export function Status({ view: { status, data }, hint }: StatusProps) {
  return (
    <p className="status" role="status">
      {status === "saving" && "Saving…"}
      {status === "offline" && "Offline: what you do is kept and sent later"}
      {!status && hint}
      {!status && !hint && data.closed > 0 && `Too much to draw at once: ${data.closed} drawn folded`}
    </p>
  );
}
