"""The rows of the table of runs, as the browser is given them: every cell as the text it shows."""

from collections.abc import Sequence
from typing import Literal, TypedDict

RowLevel = Literal["good", "active", "error", "quiet"]


class RowOrder(TypedDict):
    """What a row is sorted by; None puts it last."""

    name: str
    state: str
    data: str
    best: float | None
    params: int | None
    time: float | None
    begun: float | None


class _AnyRow(TypedDict):
    id: str
    parent: str
    name: str
    state: str
    level: RowLevel
    progress: float | None
    why: str
    data: str
    settings: str
    time: str
    begun: str
    note: str
    tags: Sequence[str]
    order: RowOrder


class RunRow(_AnyRow):
    """A run; `parent` is its study, or empty, and `letter` its place in the comparison."""

    letter: str
    document: str
    best: str
    best_about: str
    metric: str
    curve: Sequence[float | None]
    params: str
    params_exact: str
    begun_exact: str
    active: bool


class StudyRow(_AnyRow):
    """A study, which so many runs stand below."""

    runs: int


class RunsTableData(TypedDict):
    """The table; `page` tells the pages of a server apart, `turn` numbers what is drawn."""

    rows: Sequence[RunRow | StudyRow]
    ticked: Sequence[str]
    most: int
    page: str
    turn: int
