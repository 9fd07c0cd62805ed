"""The figures of studies, which are made in the light theme, for pages in both themes.

A browser is given the figure once, and what to exchange where the page is dark: so a picture
follows a switch of the theme at once, without a word from here.
"""

import importlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from builder.codegen.diagram.colors import (
    BACKGROUND,
    BORDER,
    CATEGORIES,
    PRIMARY,
    RAISED,
    SIGNALS,
    TEXT,
)
from builder.studies.figure_style import TEMPLATE, Figure

templates: Any = importlib.import_module("plotly.io").templates
to_json: Any = importlib.import_module("plotly.io.json").to_json_plotly
_CLEAR = "rgba(0,0,0,0)"
_DARK_TEMPLATE = "plotly_dark"
_SURFACES = (BACKGROUND, RAISED, BORDER, TEXT, PRIMARY)
_DARK: Mapping[str, str] = {pair["light"]: pair["dark"] for pair in _SURFACES} | {
    color.light: color.dark for color in (CATEGORIES | SIGNALS).values()
}
"""Each color of the light theme with the one that means the same in the dark theme."""


def to_page(figure: Figure) -> str:
    """Data and layout as JSON, in the light theme's colors, on the page's own ground.

    Args:
        figure: As the functions of `figures` make it.
    """
    values = figure.to_plotly_json()
    clear = {"paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR}
    layout = {**values["layout"], **clear, "template": _template(TEMPLATE)}
    return to_json({**values, "layout": layout})


@cache
def dark_theme() -> str:
    """As JSON what a browser exchanges in such a figure where the page is dark.

    `colors` has a dark color for each light one; `template` takes the place of the layout's.
    """
    return to_json({"colors": _DARK, "template": _template(_DARK_TEMPLATE)})


@cache
def _template(name: str) -> Mapping[str, Any]:
    return templates[name].to_plotly_json()
