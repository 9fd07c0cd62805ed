import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * A function that stays the same and calls the latest one. For what is handed to hundreds of
 * components, each of which is drawn again where it gets another function. Not to be called while
 * something is drawn.
 */
export function useStable<Args extends unknown[], Result>(
  act: (...args: Args) => Result,
): (...args: Args) => Result {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
