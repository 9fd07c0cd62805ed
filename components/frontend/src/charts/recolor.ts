/** Figures that Python has made in the colors of the light theme, in those of the dark one. */

import type { Layout, Trace } from "./plotly";

/** What is exchanged where the page is dark: each color, and the layout's template. */
export interface Dark {
  colors: Record<string, string>;
  template: object;
}

export interface Colored {
  data: Trace[];
  layout: Layout;
}

/** Gives a figure the colors of the dark theme; the one that is given stays as it is. */
export function inDark({ data, layout }: Colored, { colors, template }: Dark): Colored {
  const exchange = (value: unknown): unknown => {
    if (typeof value === "string") return colors[value] ?? value;
    if (Array.isArray(value)) return value.map(exchange);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, exchange(each)]));
  };
  const { template: _, ...rest } = layout;
  const shown = exchange({ data, layout: rest }) as Colored;
  return { data: shown.data, layout: { ...shown.layout, template } };
}
