/** Colors of the style sheet as plotly.js takes them, and the theme that shows. */

import { make } from "../kit/dom";

/** Resolves a CSS color, variables and light-dark() included, as it shows at `element`. */
export function colorAt(element: Element, expression: string): string {
  const probe = make("span", { style: `color:${expression};display:none` });
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** Plotly takes some tags in texts for formatting; a name holds none. */
export function plain(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/**
 * The theme that shows at an element: Streamlit sets `color-scheme` on the app. After a switch it
 * updates all components, without a word from the server.
 */
export function schemeAt(element: Element): "light" | "dark" {
  return getComputedStyle(element).colorScheme === "dark" ? "dark" : "light";
}
