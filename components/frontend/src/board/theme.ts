/** Light or dark, by the background that Streamlit paints at this moment. */

import { type RefObject, useLayoutEffect } from "react";

/**
 * Writes the theme to an element, for its style sheet.
 *
 * @param known what Python says, for as long as no background can be read
 * @param view anything that is new where the theme may have changed
 */
export function useTheme(
  root: RefObject<HTMLElement | null>,
  known: "light" | "dark",
  view: unknown,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of theme comes with a new view
  useLayoutEffect(() => {
    if (root.current) root.current.dataset.theme = painted(root.current) ?? known;
  }, [root, known, view]);
}

function painted(element: HTMLElement): "light" | "dark" | null {
  const numbers = getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? [];
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers.map(Number);
  if (numbers.length < 3 || alpha === 0) return null;
  return red + green + blue < 384 ? "dark" : "light";
}
