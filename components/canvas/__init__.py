"""The canvas: the network as an editable graph, in one component.

It draws the given state and returns what the person did, as the same log of numbered operations as
the stack's (see `components.editor.log`); both share one log in the browser, so a page may show
both. A page reads the log, applies what is new and draws the canvas, in this order:

    ledger.apply(read_log("canvas"), document.id, perform)
    answer = ledger.answer(document.id)
    canvas(canvas_data(state, selection, others, opened, palette, answer), key="canvas", height=640)

Its script lies in `components/frontend/src/board`.
"""

from collections.abc import Mapping
from typing import Any

from streamlit.components.v2 import component

from components.canvas.data import CanvasData, CanvasNode, CanvasPart, Wire
from components.canvas.graph import canvas_data, canvas_nodes
from components.editor import Log, parse_log, read_log
from components.plain import plain
from components.routes import gradients_url
from components.scripts import loader

__all__ = [
    "CanvasData",
    "CanvasNode",
    "CanvasPart",
    "Wire",
    "canvas",
    "canvas_data",
    "canvas_nodes",
    "read_log",
]

_mount = component("convstack.canvas", js=loader("canvas"))


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
