/** Why a connection does not go well where the pointer holds it, or what comes of it there. */

import type { VerdictTold } from "../../generated/board";
import { Tip } from "./Tip";

const LEVELS = { refused: "error", misfit: "warning", fits: "note" } as const;

export function Reason({ node, verdict }: { node: string; verdict: VerdictTold | undefined }) {
  if (!verdict?.why) return null;
  return (
    <Tip node={node} level={LEVELS[verdict.fit]}>
      <p role="status">{verdict.why}</p>
    </Tip>
  );
}
