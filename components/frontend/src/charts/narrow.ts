import type { Layout } from "./plotly";

const NARROW = 560; // pixels, below which names beside their rows would take half the room or more
const SIDE = 14; // pixels left and right of what is drawn
const ABOVE = 13; // pixels from a row's line up to the middle of its name

interface Rows {
  ticktext?: readonly string[];
  tickvals?: readonly unknown[];
}

/** In a narrow figure the rows' names stand above their rows, not left of them. */
export function inRoom(layout: Layout, width: number): Layout {
  const { ticktext, tickvals = [] } = (layout.yaxis ?? {}) as Rows;
  if (width >= NARROW || !ticktext) return layout;
  const names = ticktext.map((name, place) => ({
    text: name.replaceAll("<br>", " "),
    x: 0,
    xref: "paper",
    xanchor: "left",
    y: tickvals[place],
    yshift: ABOVE,
    showarrow: false,
  }));
  return {
    ...layout,
    annotations: [...((layout.annotations as object[] | undefined) ?? []), ...names],
    margin: { ...(layout.margin as object | undefined), l: SIDE, r: SIDE },
    yaxis: { ...(layout.yaxis as object), showticklabels: false, automargin: false },
  };
}
