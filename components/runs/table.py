"""The table of runs: a small component of our own, so that a row is a row and a tick is a tick."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st
from streamlit.components.v2 import component

from components.runs.row_data import RunRow, RunsTableData, StudyRow
from components.scripts import loader

_MAX_TICKED = 1_000

_mount = component("convstack.runs", js=loader("runs_table"))


@dataclass(frozen=True, slots=True)
class Done:
    """What a person did in the table since it was drawn last.

    Attributes:
        open: The id of the run to show; empty for none.
        delete: The ids of the runs to delete.
    """

    open: str = ""
    delete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Content:
    """What the table shows."""

    rows: tuple[RunRow | StudyRow, ...]
    ticked: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The table as it was drawn last.

    Attributes:
        content: What it shows.
        page: What tells the pages of a server apart.
        turn: Its number.
        data: All of it as JSON, which Streamlit hands on as it is: written once, not at each look.
    """

    content: _Content
    page: str
    turn: int
    data: bytes


def ticked(key: str) -> tuple[str, ...]:
    """The ids of the ticked runs, in the order in which they were ticked.

    What comes from a browser is only compared with the ids that there are.
    """
    known = st.session_state.get(key)
    return _texts(known.get("ticked")) if isinstance(known, Mapping) else ()


def table(rows: Sequence[RunRow | StudyRow], chosen: Sequence[str], *, most: int, key: str) -> Done:
    """Draws the table.

    Args:
        rows: As `components.runs.rows` describes them.
        chosen: The ids of the ticked runs.
        most: How many may be ticked.
        key: Its name in the session state.
    """
    result = _mount(
        key=key,
        data=_drawing(key, _Content(tuple(rows), tuple(chosen), most)).data,
        on_ticked_change=_nothing,
        on_open_change=_nothing,
        on_delete_change=_nothing,
    )
    opened = result.get("open")
    return Done(opened if isinstance(opened, str) else "", _texts(result.get("delete")))


def _drawing(key: str, content: _Content) -> _Drawing:
    """Numbers what is drawn: the browser may be handed two drawings in the wrong order."""
    before: _Drawing | None = st.session_state.get(f"{key}:turn")
    if before is not None and before.content == content:
        return before
    page, turn = (before.page, before.turn + 1) if before else (uuid4().hex, 1)
    values = RunsTableData(
        rows=content.rows, ticked=content.ticked, most=content.most, page=page, turn=turn
    )
    data = json.dumps(values, separators=(",", ":"))
    drawing = st.session_state[f"{key}:turn"] = _Drawing(content, page, turn, data.encode())
    return drawing


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else ()
    return tuple(item for item in items[:_MAX_TICKED] if isinstance(item, str))


def _nothing() -> None:
    """Streamlit hands back only those states that have a callback."""
