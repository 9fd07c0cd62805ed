/** How far the graph is seen from: null where its cards can be read, see `grainOf`. */

import { useStore, useStoreApi, useUpdateNodeInternals } from "@xyflow/react";
import { createContext, useEffect, useRef } from "react";
import { grainOf } from "./view";

/** Whether it is seen from so far that nothing can be read. */
export const FromFar = createContext(false);

export function useGrain(): number | null {
  const grain = useStore(({ transform: [, , zoom] }) => grainOf(zoom));
  useHandlesAgain(grain !== null);
  return grain;
}

/** Has React Flow measure the handles that come back: what stood for them had no place. */
function useHandlesAgain(far: boolean): void {
  const measure = useUpdateNodeInternals();
  const store = useStoreApi();
  const before = useRef(far);
  useEffect(() => {
    if (before.current && !far) measure([...store.getState().nodeLookup.keys()]);
    before.current = far;
  }, [far, measure, store]);
}
