"""The editor: the palette of blocks and the stack of rows, in one component.

It is told where its board is found, as the canvas is (see `components.canvas`).
"""

from streamlit.components.v2 import component

from components.board import Board
from components.board.mount import board_data
from components.scripts import loader

__all__ = ["editor"]

_mount = component("convstack.editor", js=loader("stack"))


def editor(board: Board, drawn: int, *, key: str, height: int) -> None:
    """Draws the editor.

    Args:
        board: What it shows.
        drawn: The version of it that the page shows; see `board_data`.
        key: Its name in the session state.
        height: In pixels.
    """
    _mount(key=key, data=board_data(board, drawn), height=height, on_seen_change=_nothing)


def _nothing() -> None:
    """Streamlit runs the page for a trigger only where it has a callback."""
