"""Live views of a run: its charts, its progress and its log, fed by server-sent events.

They grow in the browser without a rerun of the script, keep the zoom, and share one connection a
run and page. Their script lies in `components/frontend/src/charts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.components.v2 import component

from builder.runs.run_state import RunState
from components.live_chart.data import (
    ChartData,
    FigureData,
    LineData,
    LogData,
    ProgressData,
    SoonData,
)
from components.plain import plain
from components.routes import events_url
from components.run_events import told_state
from components.scripts import loader, plotly_url

Line = tuple[Sequence[float], Sequence[float | None]]
"""Places on the epoch axis, and the values there."""

_mount = component("convstack_live", js=loader("charts"), isolate_styles=False)

_CAPTION_HEIGHT = 30

# What else a chart may show takes its colors from the categories, none of which is red or green.
MORE_COLORS = ("pooling", "merge", "module", "normalization", "activation")


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line of a chart with its own style.

    Attributes:
        name: Its key in `finished_points`.
        label: Its name in the legend.
        color: The style sheet's name of its color, without `--cs-`.
        is_dashed: Whether it is dashed, and left out of the legend: another line of its color
            stands for it there.
    """

    name: str
    label: str
    color: str
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of Plotly's.

    Attributes:
        title: What it is called; also the name of what is saved.
        json: Data and layout in the light theme's colors, as Plotly's `to_json` writes them.
        dark: As JSON what is exchanged where the page is dark: `colors` and `template`.
        height: In pixels.
    """

    title: str
    json: str
    dark: str
    height: int


def live_chart(
    run_id: str | None,
    *,
    series: Sequence[str | ChartLine],
    title: str,
    key: str,
    height: int = 260,
    finished_points: Mapping[str, Line] | None = None,
    smoothing: float = 0.0,
    log: bool = False,
    from_zero: bool = False,
    note: str = "",
) -> None:
    """Draws metrics over epochs; during a training they grow live.

    Args:
        run_id: The run to follow. May be None where `finished_points` says everything.
        series: Names of metrics, such as `["loss", "val_loss"]`: the values of every batch where
            the run has them, else those of every finished epoch.
        title: What the chart is called, such as "Loss".
        key: Unique on the page; the zoom is kept under it.
        height: Of the plot below a caption of one line, in pixels.
        finished_points: Lines by the names in `series`, drawn in place of the run's.
        smoothing: Weight of the past at first, 0 to 0.98; the person may change it.
        log: Whether the value axis is logarithmic at first; the person may change it.
        from_zero: Whether the value axis begins at 0.
        note: Stands behind the title, such as what dashed lines are.
    """
    data = ChartData(
        kind="chart",
        id=f"{key}/{run_id or ''}",
        plotly=plotly_url(),
        series=_described(series),
        title=title,
        height=height + _CAPTION_HEIGHT,
        smoothing=smoothing,
        log=log,
        from_zero=from_zero,
        note=note,
        points=None
        if finished_points is None
        else [(name, (list(xs), list(ys))) for name, (xs, ys) in finished_points.items()],
        run=run_id,
        url=events_url(run_id) if run_id else None,
    )
    # Reserves the space of what is not drawn yet, so that nothing below it moves.
    _mount(key=key, data=plain(data), height=data["height"])


def figure(made: Figure, *, description: str, key: str) -> str:
    """Draws a figure of Plotly's; a changed one replaces it in place, and the zoom stays.

    Args:
        made: The figure.
        description: What it shows, for those who do not see it.
        key: Unique on the page; the zoom is kept under it.

    Returns:
        The `customdata` of the point that was pressed since it was drawn last; empty for none.
    """
    data = FigureData(
        kind="figure",
        id=key,
        plotly=plotly_url(),
        figure=made.json,
        dark=made.dark,
        title=made.title,
        description=description,
        height=made.height + _CAPTION_HEIGHT,
    )
    result = _mount(key=key, data=plain(data), height=data["height"], on_open_change=_nothing)
    opened = result.get("open")
    return opened if isinstance(opened, str) else ""


def charts_soon() -> None:
    """Draws nothing; loads what charts need, so that the first one appears at once."""
    with st.container(key="cs-charts-soon"):
        _mount(key="cs-soon", data=plain(SoonData(kind="soon", plotly=plotly_url())))


def live_progress(run_id: str, *, key: str, state: RunState | None = None) -> bool:
    """Draws a run's state in words, its progress, the time that is left and its speed.

    When the run ends the script is run again, once, so that the page can show the results.

    Args:
        run_id: The run to follow.
        key: Unique on the page.
        state: The state that the page knows already; a final one causes no rerun.

    Returns:
        Whether the browser has told that this run has ended.
    """
    known = list(told_state(state).items()) if state else None
    data = ProgressData(kind="progress", state=known, run=run_id, url=events_url(run_id))
    with st.container(key=f"cs-progress-room-{key}"):
        result = _mount(key=key, data=plain(data), on_finished_change=_nothing)
    return result.get("finished") == run_id


def live_log(run_id: str, *, key: str, height: int = 220) -> None:
    """Draws the end of a run's log.

    Args:
        run_id: The run to follow.
        key: Unique on the page.
        height: At most, in pixels.
    """
    data = LogData(kind="log", height=height, run=run_id, url=events_url(run_id))
    _mount(key=key, data=plain(data))


def _described(series: Sequence[str | ChartLine]) -> list[LineData]:
    """Gives each line its label and its color: batches one, validation another, in every chart."""
    more = iter(MORE_COLORS * len(series))
    lines: list[LineData] = []
    for name in series:
        if isinstance(name, ChartLine):
            label, color, is_dashed = name.label, name.color, name.is_dashed
            lines.append(LineData(name=name.name, label=label, color=color, dashed=is_dashed))
            continue
        if name.startswith("val_"):
            label, color = "validation", "validation"
        elif f"val_{name}" in series:
            label, color = "training", "train"
        else:
            label, color = name.replace("_", " "), next(more)
        lines.append(LineData(name=name, label=label, color=color, dashed=False))
    return lines


def _nothing() -> None:
    """Streamlit hands back only those states that have a callback."""
