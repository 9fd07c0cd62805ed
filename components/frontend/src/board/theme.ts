/** Light or dark, by the background that Streamlit paints at this moment. */

import { type RefObject, useLayoutEffect } from "react";

/**
 * Writes the theme to an element, for its style sheet. It is read only when it may have changed,
 * since the browser computes every style of the page for that.
 *
 * @param known what Python says, for as long as no background can be read
 */
export function useTheme(root: RefObject<HTMLElement | null>, known: "light" | "dark"): void {
  useLayoutEffect(() => {
    const look = () => {
      if (root.current) root.current.dataset.theme = painted(root.current) ?? known;
    };
    look();
    const app = document.querySelector('[data-testid="stApp"]');
    const observer = new MutationObserver(look);
    if (app) observer.observe(app, { attributeFilter: ["class", "style"] });
    return () => observer.disconnect();
  }, [root, known]);
}

function painted(element: HTMLElement): "light" | "dark" | null {
  const numbers = getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? [];
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers.map(Number);
  if (numbers.length < 3 || alpha === 0) return null;
  return red + green + blue < 384 ? "dark" : "light";
}
