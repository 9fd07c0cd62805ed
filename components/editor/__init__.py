"""The editor: the palette of blocks and the stack of rows, in one component.

It draws the state that it is given and returns what the person did, as a log of numbered operations
(see `log`). A page reads the log, applies what is new and draws the editor, in this order, so that
one run of the script answers the person:

    ledger = st.session_state.setdefault("editor_ledger", Ledger())
    ledger.apply(read_log("editor"), document.id, perform)
    editor({**data, **ledger.answer(document.id)}, key="editor", height=640)

`perform` does one operation and returns the id of the node it created, if any; the page selects
that node. An operation that can't be done is shown as a message and counts as done.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from components.editor.acknowledge import Answer, Ledger, to_apply
from components.editor.data import EditorData, PaletteBlock, PaletteCategory, PartRow, Row
from components.editor.log import (
    Add,
    AddOnEdge,
    Attach,
    Connect,
    Disconnect,
    Duplicate,
    Group,
    Log,
    Move,
    Open,
    Operation,
    Paste,
    Redo,
    Remove,
    Repeat,
    Select,
    Undo,
    parse_log,
)
from components.plain import plain
from components.scripts import loader

__all__ = [
    "Add",
    "AddOnEdge",
    "Answer",
    "Attach",
    "Connect",
    "Disconnect",
    "Duplicate",
    "EditorData",
    "Group",
    "Ledger",
    "Log",
    "Move",
    "Open",
    "Operation",
    "PaletteBlock",
    "PaletteCategory",
    "PartRow",
    "Paste",
    "Redo",
    "Remove",
    "Repeat",
    "Row",
    "Select",
    "Undo",
    "editor",
    "parse_log",
    "read_log",
    "to_apply",
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
