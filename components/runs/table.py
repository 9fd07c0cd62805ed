"""The table of runs: a small component of our own, so that a row is a row and a tick is a tick."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.components.v2 import component

from components.plain import plain

_FOLDER = Path(__file__).parent / "frontend"
_MAX_TICKED = 1_000


@cache
def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


_mount = component("convstack.runs", js=_read("table.js"), css=_read("table.css"))


@dataclass(frozen=True, slots=True)
class Done:
    """What a person did in the table since it was drawn last.

    Attributes:
        open: The id of the run to show; empty for none.
        delete: The ids of the runs to delete.
    """

    open: str = ""
    delete: tuple[str, ...] = ()


def ticked(key: str) -> tuple[str, ...]:
    """The ids of the ticked runs, in the order in which they were ticked.

    What comes from a browser is only compared with the ids that there are.
    """
    known = st.session_state.get(key)
    return _texts(known.get("ticked")) if isinstance(known, Mapping) else ()


def table(rows: Sequence[Mapping[str, Any]], chosen: Sequence[str], *, most: int, key: str) -> Done:
    """Draws the table.

    Args:
        rows: As `components.runs.rows` describes them.
        chosen: The ids of the ticked runs.
        most: How many may be ticked.
        key: Its name in the session state.
    """
    content = {"rows": list(rows), "ticked": list(chosen), "most": most}
    result = _mount(
        key=key,
        data=plain(content | _turn(key, content)),
        on_ticked_change=_nothing,
        on_open_change=_nothing,
        on_delete_change=_nothing,
    )
    opened = result.get("open")
    return Done(opened if isinstance(opened, str) else "", _texts(result.get("delete")))


def _turn(key: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers what is drawn: the browser may be handed two drawings in the wrong order."""
    page, turn, before = st.session_state.get(f"{key}:turn", (uuid4().hex, 0, None))
    if content != before:
        turn += 1
        st.session_state[f"{key}:turn"] = (page, turn, content)
    return {"page": page, "turn": turn}


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else ()
    return tuple(item for item in items[:_MAX_TICKED] if isinstance(item, str))


def _nothing() -> None:
    """Streamlit hands back only those states that have a callback."""
