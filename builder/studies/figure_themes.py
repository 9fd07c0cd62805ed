"""Recolors the figures of studies, which are made in the light theme, for the theme of a page."""

import importlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from builder.codegen.diagram.colors import (
    BACKGROUND,
    BORDER,
    CATEGORIES,
    PRIMARY,
    RAISED,
    SIGNALS,
    TEXT,
    ThemeName,
)
from builder.studies.figure_style import TEMPLATE, Figure

templates: Any = importlib.import_module("plotly.io").templates
to_json: Any = importlib.import_module("plotly.io.json").to_json_plotly
_CLEAR = "rgba(0,0,0,0)"
_SURFACES = (BACKGROUND, RAISED, BORDER, TEXT, PRIMARY)
_DARK: Mapping[str, str] = {pair["light"]: pair["dark"] for pair in _SURFACES} | {
    color.light: color.dark for color in (CATEGORIES | SIGNALS).values()
}
"""Each color of the light theme with the one that means the same in the dark theme."""


def in_theme(figure: Figure, theme: ThemeName) -> str:
    """Data and layout as JSON, in the colors of a theme, on the page's own ground.

    Args:
        figure: As the functions of `figures` make it.
        theme: That of the page.
    """
    values = figure.to_plotly_json()
    shown = _exchanged(values) if theme == "dark" else values
    clear = {"paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR}
    shown["layout"] = {**shown["layout"], **clear, "template": _template(theme)}
    return to_json(shown)


@cache
def _template(theme: ThemeName) -> Mapping[str, Any]:
    name = "plotly_dark" if theme == "dark" else TEMPLATE
    return templates[name].to_plotly_json()


def _exchanged(value: Any) -> Any:
    if isinstance(value, str):
        return _DARK.get(value, value)
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).items()
        return {key: _exchanged(each) for key, each in items if key != "template"}
    if isinstance(value, list | tuple):
        return [_exchanged(each) for each in cast("Sequence[Any]", value)]
    return value
