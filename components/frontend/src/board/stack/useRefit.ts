/** After a change of size, the selected row is seen. */

import { type RefObject, useEffect } from "react";
import type { Desk } from "../desk";

export function useRefit(scroller: RefObject<HTMLElement | null>, desk: Desk): void {
  useEffect(() => {
    let height = 0;
    const observer = new ResizeObserver(([entry]) => {
      const before = height;
      height = entry!.contentRect.height;
      if (before > 0 && height !== before) desk.lines?.reveal(desk.view.selection);
    });
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [scroller, desk]);
}
