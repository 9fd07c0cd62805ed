"""How the figures of studies look."""

import importlib
from typing import Any

from builder.codegen.diagram.colors import BORDER, TEXT

go: Any = importlib.import_module("plotly.graph_objects")  # its types say little
Figure = Any


def styled(figure: Figure, x: str, y: str) -> Figure:
    """Gives a figure its font, margins and grid, and its axes their titles."""
    figure.update_layout(
        template="plotly_white",
        font={"family": "system-ui, sans-serif", "size": 13, "color": TEXT["light"]},
        margin={"l": 60, "r": 30, "t": 30, "b": 60},
        legend={"orientation": "h", "y": -0.25},
    )
    figure.update_xaxes(title=x, gridcolor=BORDER["light"])
    figure.update_yaxes(title=y, gridcolor=BORDER["light"])
    return figure
