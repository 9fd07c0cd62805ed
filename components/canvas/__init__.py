"""The canvas: the network as an editable graph, in one component.

It is told where its board is found, and asks the board's routes for the rest. What a person does
there goes to the same routes; the page is run again when the board shows more than it.

    drawn = board.version()
    …
    canvas(board, drawn, key="canvas", height=640)

Its script lies in `components/frontend/src/board`.
"""

from streamlit.components.v2 import component

from components.board import Board
from components.board.mount import board_data
from components.scripts import loader

__all__ = ["canvas"]

_mount = component("convstack.canvas", js=loader("canvas"))


def canvas(board: Board, drawn: int, *, views: str = "", key: str, height: int) -> None:
    """Draws the canvas.

    Args:
        board: What it shows.
        drawn: The version of it that the page shows; see `board_data`.
        views: What the browser is to keep of the page's views; empty to keep what it has.
        key: Its name in the session state.
        height: In pixels.
    """
    data = {**board_data(board, drawn), "views": views}
    _mount(key=key, data=data, height=height, on_seen_change=_nothing)


def _nothing() -> None:
    """Streamlit runs the page for a trigger only where it has a callback."""
