/** The node under the pointer; it stays so for a moment, for what is shown beside it to be reached. */

import { useCallback, useEffect, useRef, useState } from "react";

const LINGER = 160; // milliseconds

export function useHovered() {
  const [hovered, setHovered] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const hover = useCallback((node: string | null) => {
    clearTimeout(timer.current);
    if (node !== null) setHovered(node);
    else timer.current = setTimeout(() => setHovered(null), LINGER);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { hovered, hover };
}
