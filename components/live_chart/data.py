"""What the views' script is given: the browser's types are written from these."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict


class LineData(TypedDict):
    """A line: its key, its name in the legend, and the style sheet's name of its color."""

    name: str
    label: str
    color: str
    dashed: bool


class ChartData(TypedDict):
    """A chart; `points` are pairs of a line's name and its places and values."""

    kind: Literal["chart"]
    id: str
    plotly: str
    series: Sequence[LineData]
    title: str
    height: int
    smoothing: float
    log: bool
    from_zero: bool
    note: str
    points: Sequence[tuple[str, tuple[Sequence[float], Sequence[float | None]]]] | None
    run: str | None
    url: str | None


class FigureData(TypedDict):
    """A figure of Plotly's, as JSON, and what is exchanged in it where the page is dark."""

    kind: Literal["figure"]
    id: str
    plotly: str
    figure: str
    dark: str
    title: str
    description: str
    height: int


class ProgressData(TypedDict):
    """A run's progress; `state` holds the pairs of what the page knows as `StateTold`."""

    kind: Literal["progress"]
    state: Sequence[tuple[str, Any]] | None
    run: str
    url: str


class LogData(TypedDict):
    """The end of a run's log."""

    kind: Literal["log"]
    height: int
    run: str
    url: str


class SoonData(TypedDict):
    """Nothing to draw: a chart is likely to come."""

    kind: Literal["soon"]
    plotly: str
