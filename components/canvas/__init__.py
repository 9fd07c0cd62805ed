"""The canvas: the network as an editable graph, in one component.

It draws the given state and returns what the person did, as the same log of numbered operations as
the stack's (see `components.board.log`); both share one log in the browser, so a page may show
both. A page reads the log, applies what is new and draws the canvas, in this order:

    board.apply(read_log("canvas"))
    canvas(canvas_data(board.shown(), board.answer()), key="canvas", height=640)

Its script lies in `components/frontend/src/board`.
"""

from collections.abc import Mapping
from typing import Any

from streamlit.components.v2 import component

from components.board import Answer, Log, Shown, parse_log
from components.editor import read_log
from components.plain import plain
from components.routes import gradients_url
from components.scripts import loader
from components.shell import theme_name

__all__ = ["canvas", "canvas_data", "read_log"]

_mount = component("convstack.canvas", js=loader("canvas"))


def canvas_data(shown: Shown, answer: Answer) -> dict[str, Any]:
    """Collects everything that the canvas draws; `theme` is used until colors can be read."""
    document = shown.state.document.id
    rows = shown.rows()
    return {**shown.fields(), **answer, "document": document, "nodes": rows, "theme": theme_name()}


def canvas(data: Mapping[str, Any], *, key: str, height: int) -> Log | None:
    """Draws the canvas.

    Args:
        data: What to draw, as `canvas_data` gives it.
        key: Its name in the session state.
        height: In pixels.

    Returns:
        What the browser last sent, or None; the same that `read_log` says before drawing.
    """
    shown = plain({**data, "gradients": gradients_url(data["document"])})
    result = _mount(key=key, data=shown, height=height, on_log_change=_nothing)
    return parse_log(result.get("log"))


def _nothing() -> None:
    """Streamlit returns only the states that have a callback."""
