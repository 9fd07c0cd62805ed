"""The editor: the palette of blocks and the stack of rows, in one component.

It draws the state that it is given and returns what the person did, as a log of numbered operations
(see `components.board.log`). A page reads the log, applies what is new and draws the editor, in
this order, so that one run of the script answers the person:

    board.apply(read_log("editor"))
    editor(editor_data(board.shown(), board.answer()), key="editor", height=640)
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from components.board import Log, parse_log
from components.board.payload import PaletteBlock, PaletteCategory
from components.editor.data import EditorData, PartRow, Row
from components.plain import plain
from components.scripts import loader

__all__ = [
    "EditorData",
    "PaletteBlock",
    "PaletteCategory",
    "PartRow",
    "Row",
    "editor",
    "read_log",
]

_mount = component("convstack.editor", js=loader("stack"))


def editor(data: Mapping[str, Any], *, key: str, height: int) -> Log | None:
    """Draw the editor.

    Args:
        data: what to draw, as `EditorData` describes it.
        key: the name of this editor in the session state.
        height: pixels.

    Returns:
        What the browser last sent, or None; the same that `read_log` says before drawing.
    """
    # As pairs, since a dict of the first level would be looked through: see `plain`.
    inside = list(data.get("inside", {}).items())
    result = _mount(
        key=key, data=plain({**data, "inside": inside}), height=height, on_log_change=_nothing
    )
    return parse_log(result.get("log"))


def read_log(key: str) -> Log | None:
    """What the browser last sent to the editor of this key, before the editor is drawn again."""
    state = st.session_state.get(key)
    return parse_log(state.get("log")) if isinstance(state, Mapping) else None


def _nothing() -> None:
    """Streamlit returns only the states that have a callback."""
