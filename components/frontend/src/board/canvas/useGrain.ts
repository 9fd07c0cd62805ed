/** How far the graph is seen from: null where its cards can be read, see `grainOf`. */

import { useStore } from "@xyflow/react";
import { createContext } from "react";
import { grainOf } from "./view";

/** Whether it is seen from so far that nothing can be read. */
export const FromFar = createContext(false);

export function useGrain(): number | null {
  return useStore(({ transform: [, , zoom] }) => grainOf(zoom));
}
