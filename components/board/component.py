"""The component that draws a board: palette, stack and canvas.

It is told where its board is found, and asks the board's routes for the rest. What a person does
there goes to the same routes; the page is run again when the board shows more than it.

    drawn = board.version()
    …
    draw_board(board, drawn, key="board", height=640)

Its script lies in `components/frontend/src/board`.
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.components.v2 import component

from components.board.mount import board_data
from components.board.session import Board
from components.scripts import loader

_mount = component("convstack.board", js=loader("board"))


def draw_board(
    board: Board,
    drawn: int,
    *,
    key: str,
    height: int,
    views: Sequence[str] = (),
    shown: Sequence[str] = (),
) -> None:
    """Draws the board.

    Args:
        board: What it shows.
        drawn: The version of it that the page shows; see `board_data`.
        key: Its name in the session state.
        height: In pixels.
        views: The names of the views that the page draws itself, over the middle of the board.
        shown: Those of them that it draws in this run; the board tells when it shows others.
    """
    told = {"views": tuple(views), "shown": tuple(name for name in views if name in shown)}
    data = {**board_data(board, drawn), **told}
    _mount(key=key, data=data, height=height, on_seen_change=_nothing, on_views_change=_nothing)


def read_views(key: str) -> tuple[str, ...]:
    """Gives the names of the views that the browser shows, the one chosen last first."""
    state = st.session_state.get(key)
    views = state.get("views") if isinstance(state, Mapping) else None
    if not isinstance(views, Mapping):
        return ()
    names = (views.get("main"), views.get("beside"))
    return tuple(name for name in names if isinstance(name, str) and name)


def _nothing() -> None:
    """Streamlit runs the page for a trigger only where it has a callback."""
