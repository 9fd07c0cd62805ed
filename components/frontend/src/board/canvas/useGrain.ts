/** How far the graph is seen from: null where its cards can be read, see `grainOf`. */

import { useStore } from "@xyflow/react";
import { grainOf } from "./view";

export function useGrain(): number | null {
  return useStore(({ transform: [, , zoom] }) => grainOf(zoom));
}
