/** The keyboard stays in the list, on the selected row, also where the row that had it is gone. */

import { useLayoutEffect } from "react";
import type { Lines } from "./lines";

/**
 * @param lines null before anything is drawn
 * @param selection the row that is selected
 * @param bar the toolbar of the selected row
 * @param drawn anything that is new where rows are; then a line with the keyboard may be gone
 */
export function useReturns(
  lines: Lines | null,
  selection: string | null,
  bar: HTMLElement | null,
  drawn: unknown,
): void {
  // As it was before this drawing reaches the page.
  const line = lines?.focused() ?? null;
  const owner = line?.dataset.nodeId ?? line?.dataset.owner ?? null;
  const inBar = bar?.matches(":focus-within") ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see `drawn`
  useLayoutEffect(() => {
    if (!lines) return;
    lines.arrive(selection);
    if (inBar && bar!.hidden) lines.focus(selection);
    if (owner === null || (line!.matches(".part") && line!.isConnected)) {
      if (line?.isConnected && lines.focused() !== line) line.focus({ preventScroll: true });
      return;
    }
    const wanted = lines.row(selection) ? selection : owner;
    if (lines.focused()?.dataset.nodeId !== wanted) lines.focus(wanted);
  }, [drawn]);
}
