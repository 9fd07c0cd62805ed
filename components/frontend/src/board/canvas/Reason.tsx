/** Why a connection does not go well where the pointer holds it. */

import type { VerdictTold } from "../../generated/board";
import { Tip } from "./Tip";

export function Reason({ node, verdict }: { node: string; verdict: VerdictTold | undefined }) {
  if (!verdict?.why) return null;
  return (
    <Tip node={node} level={verdict.fit === "refused" ? "error" : "warning"}>
      <p role="status">{verdict.why}</p>
    </Tip>
  );
}
