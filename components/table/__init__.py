"""A table of rows that are opened: sorted by a press on a head, with a strip of dots where wanted.

Python gives every text; the browser lays it out, sorts, and tells which row was opened. Rows that
did not change are not touched, so a table may be drawn every other second.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypedDict
from uuid import uuid4

import streamlit as st
from streamlit.components.v2 import component

from components.scripts import loader

_mount = component("convstack.rows", js=loader("rows_table"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        key: Its name in a row's cells.
        label: Its head.
        kind: `name` is the one that gives way where the table is narrow; `dots` are values as dots
            on one scale for all rows.
        down_first: Whether the first press on its head puts the largest on top.
        may_hide: Whether it is left out where the table is narrow.
        mark: For `dots`, the value at which each row has a line; None for none.
    """

    key: str
    label: str
    kind: Literal["name", "text", "number", "dots"] = "text"
    down_first: bool = False
    may_hide: bool = False
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row and column.

    Attributes:
        text: The text.
        title: Shown when the pointer rests on it; the exact figure, as a rule.
        small: A second line.
        order: What the row is sorted by; None puts it last.
        level: Colors it and draws a sign: `good`, `active`, `error` or `quiet`; empty for none.
        progress: A bar from 0 to 1; None for none.
        dots: For `dots`, the values.
    """

    text: str = ""
    title: str = ""
    small: str = ""
    order: float | str | None = None
    level: str = ""
    progress: float | None = None
    dots: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        id: Tells the rows apart.
        cells: By the keys of the columns.
        href: The page that opens it, relative to the app; empty where Python opens it.
        is_quiet: Whether it steps back.
    """

    id: str
    cells: Mapping[str, Cell]
    href: str = ""
    is_quiet: bool = False


class RowsTableData(TypedDict):
    """The table; `page` tells the pages of a server apart, `turn` numbers what is drawn."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    label: str
    page: str
    turn: int


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The table as it was drawn last: what it shows, its page, its number, all of it as JSON."""

    content: tuple[Any, ...]
    page: str
    turn: int
    data: bytes


def table(columns: Sequence[Column], rows: Sequence[Row], *, label: str, key: str) -> str:
    """Draws the table.

    Args:
        columns: From left to right.
        rows: From top to bottom, as long as no head is pressed.
        label: What it is called for those who do not see it.
        key: Its name in the session state.

    Returns:
        The id of the row that was opened since it was drawn last; empty for none.
    """
    drawing = _drawing(key, (tuple(columns), tuple(rows), label))
    result = _mount(key=key, data=drawing.data, on_open_change=_nothing)
    opened = result.get("open")
    return opened if isinstance(opened, str) else ""


def _drawing(key: str, content: tuple[Any, ...]) -> _Drawing:
    """Numbers what is drawn: the browser may be handed two drawings in the wrong order."""
    before: _Drawing | None = st.session_state.get(f"{key}:turn")
    if before is not None and before.content == content:
        return before
    page, turn = (before.page, before.turn + 1) if before else (uuid4().hex, 1)
    columns, rows, label = content
    values = RowsTableData(columns=columns, rows=rows, label=label, page=page, turn=turn)
    data = json.dumps(values, default=asdict, separators=(",", ":")).encode()
    drawing = st.session_state[f"{key}:turn"] = _Drawing(content, page, turn, data)
    return drawing


def _nothing() -> None:
    """Streamlit hands back only those states that have a callback."""
