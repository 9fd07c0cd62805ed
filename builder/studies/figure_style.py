"""How the figures of studies look."""

import importlib
from typing import Any

from builder.codegen.diagram.colors import BORDER, TEXT

go: Any = importlib.import_module("plotly.graph_objects")  # its types say little
importlib.import_module("plotly.io").templates.default = None  # each figure would be given a copy
Figure = Any
TEMPLATE = "plotly_white"
"""What a figure is shown with; added last, since Plotly copies it with each change."""
_MOST_TICKS = 12
MOST_LETTERS = 60
"""How long a line of a title may be."""


def styled(figure: Figure, x: str, y: str) -> Figure:
    """Gives a figure its font, margins and grid, and its axes their titles."""
    figure.update_layout(
        font={"family": "Inter, system-ui, sans-serif", "size": 13, "color": TEXT["light"]},
        margin={"l": 60, "r": 30, "t": 30, "b": 60},
        legend={"orientation": "h", "y": -0.25},
    )
    figure.update_xaxes(title=x, title_font_size=13, gridcolor=BORDER["light"])
    figure.update_yaxes(title=y, title_font_size=13, gridcolor=BORDER["light"])
    return figure


def tick_whole(figure: Figure, last: int) -> None:
    """Gives each whole number up to a last one a tick: there is no epoch, or candidate, 1.5.

    Plotly's own ticks are whole where there are many.
    """
    if last <= _MOST_TICKS:
        figure.update_xaxes(dtick=1)


def wrapped(title: str, most: int = MOST_LETTERS) -> str:
    """A title in lines, broken between its parts: `without shortcuts,<br>without dropout`."""
    lines: list[str] = []
    for part in title.split(", "):
        if lines and len(lines[-1]) + len(part) < most:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return ",<br>".join(lines)
