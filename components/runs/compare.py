"""Compares several runs: their curves overlaid, and a table of the differences."""

from collections.abc import Sequence

import streamlit as st

from builder.runs.metric_rows import EpochMetrics
from builder.runs.metrics import MetricsReader
from builder.runs.overview import Overview
from builder.system.level import Level
from components.live_chart import MORE_COLORS, ChartLine, live_chart
from components.offers import Offer, draw_link
from components.runs import compare_table
from components.runs.rows import LETTERS
from components.shell import notice

CHART_HEIGHT = 240
MAX_LABEL = 28
"""Characters of a run's name in a legend."""

_CHARTS = (("loss", "Loss"), ("accuracy", "Accuracy"))
_NOTE = "validation; dashed: training"
_BASELINE = "cs-compare-baseline"


def draw(overviews: Sequence[Overview]) -> None:
    """Draws the comparison of two or more runs, in the order of their letters."""
    epochs = [MetricsReader(known.run.folder).epochs() for known in overviews]
    with st.container(key="cs-compare"):
        with st.container(key="cs-charts"):
            for metric, title in _CHARTS:
                with st.container(key=f"cs-compare-{metric}"):
                    _draw_chart(metric, title, overviews, epochs)
        with st.container(key="cs-compare-bar", horizontal=True, vertical_alignment="bottom"):
            baseline = _choose_baseline(overviews)
            table = compare_table.table(overviews, epochs, baseline)
            text = compare_table.to_csv(table)
            draw_link("Save as CSV", text, Offer("comparison.csv", "text/csv", lambda: text))
        st.html(f'<div class="cs-scroll">{compare_table.to_html(table)}</div>')
    if any(not rows for rows in epochs):
        missing = [letter for letter, rows in zip(LETTERS, epochs, strict=False) if not rows]
        notice(Level.INFO, f"No epoch has ended in {', '.join(missing)}.")


def _choose_baseline(overviews: Sequence[Overview]) -> int:
    """The number of the baseline run; it stays with its run."""
    ids = [known.run.id for known in overviews]
    last = st.session_state.get(_BASELINE)
    chosen = st.selectbox(
        "Baseline",
        range(len(ids)),
        index=ids.index(last) if last in ids else 0,
        format_func=lambda number: f"{LETTERS[number]}  {overviews[number].run.name}",
        key=f"{_BASELINE}-{'-'.join(ids)}",
        help="The others' results are told against this run's",
        width=280,
    )
    st.session_state[_BASELINE] = ids[chosen]
    return chosen


def _draw_chart(
    metric: str,
    title: str,
    overviews: Sequence[Overview],
    epochs: Sequence[Sequence[EpochMetrics]],
) -> None:
    """Draws one metric of all runs; other runs get another chart with its own zoom."""
    lines: list[ChartLine] = []
    points: dict[str, tuple[list[float], list[float | None]]] = {}
    for letter, color, known, rows in zip(LETTERS, MORE_COLORS, overviews, epochs, strict=False):
        label = f"{letter} {known.run.name}"
        label = label if len(label) <= MAX_LABEL else f"{label[: MAX_LABEL - 1]}…"
        for name, words, dashed in (
            (f"val_{metric}", label, False),
            (metric, f"{letter} training", True),
        ):
            lines.append(ChartLine(f"{letter} {name}", words, color, dashed))
            values = [row.metrics.get(name) for row in rows]
            points[f"{letter} {name}"] = [row.epoch for row in rows], values
    live_chart(
        None,
        series=lines,
        title=title,
        key=f"cs-compare-{metric}-{'-'.join(known.run.id for known in overviews)}",
        height=CHART_HEIGHT,
        finished_points=points,
        note=_NOTE,
    )
