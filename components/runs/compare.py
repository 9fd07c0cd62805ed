"""Several runs side by side: their curves overlaid, and a table of only what differs."""

import json
import time
from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby
from typing import Any

import streamlit as st

from builder.training.comparison import Difference, differences
from builder.training.metrics import EpochMetrics, MetricsReader
from builder.training.overview import Overview
from components.live_chart import live_chart
from components.runs import words
from components.runs.rows import LETTERS
from components.shell import format as fmt
from components.shell import notice

CHART_HEIGHT = 240
_CHARTS = (("val_loss", "Validation loss"), ("val_accuracy", "Validation accuracy"))
_GROUPS = {"setting": "Settings", "network": "Network"}
_MAX_ROWS = 40


def draw(overviews: Sequence[Overview]) -> None:
    """Draws the comparison of two or more runs, in the order of their letters."""
    epochs = [MetricsReader(known.run.folder).epochs() for known in overviews]
    with st.container(key="cs-compare"):
        with st.container(key="cs-charts"):
            for metric, title in _CHARTS:
                with st.container(key=f"cs-compare-{metric}"):
                    _draw_chart(metric, title, [known.run.id for known in overviews], epochs)
        st.html(f'<div class="cs-scroll">{_table(overviews, epochs)}</div>')
    if any(not rows for rows in epochs):
        missing = [letter for letter, rows in zip(LETTERS, epochs, strict=False) if not rows]
        notice("info", f"No epoch has ended in {', '.join(missing)}.")


def _draw_chart(
    metric: str, title: str, run_ids: Sequence[str], epochs: Sequence[Sequence[EpochMetrics]]
) -> None:
    """Draws one metric of all runs; other runs make another chart, with a zoom of its own."""
    lines = {
        letter: ([row.epoch for row in rows], [row.metrics.get(metric) for row in rows])
        for letter, rows in zip(LETTERS, epochs, strict=False)
    }
    live_chart(
        None,
        series=list(lines),
        title=title,
        key=f"cs-compare-{metric}-{'-'.join(run_ids)}",
        height=CHART_HEIGHT,
        finished_points=lines,
    )


def _table(overviews: Sequence[Overview], epochs: Sequence[Sequence[EpochMetrics]]) -> str:
    """What differs: results first, then settings, then the networks."""
    heads = "".join(
        f'<th><i class="cs-badge cs-badge-{letter}">{letter}</i>{escape(known.run.name)}</th>'
        for letter, known in zip(LETTERS, overviews, strict=False)
    )
    found = differences([known.run for known in overviews])
    rows = "".join(_result_rows(overviews, epochs))
    width = len(overviews) + 1
    for group, alike in groupby(found[:_MAX_ROWS], key=lambda difference: difference.group):
        rows += f'<tr class="cs-group"><th colspan="{width}">{_GROUPS[group]}</th></tr>'
        rows += "".join(_row(each.name, _values(each, overviews)) for each in alike)
    if not found:
        rows += _row("settings and network", ["the same"] * len(overviews))
    if len(found) > _MAX_ROWS:
        rows += _row(f"{len(found) - _MAX_ROWS} more", [""] * len(overviews))
    return (
        '<table class="cs-table cs-differences"><thead><tr><th>What differs</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _values(found: Difference, overviews: Sequence[Overview]) -> list[str]:
    """Of the data their names, as elsewhere on the page; where two have one name, their ids too."""
    plain = [_plain(value) for value in found.values]
    if (found.group, found.name) != ("setting", "dataset"):
        return plain
    titles = [words.data_of(known.run) for known in overviews]
    if len(set(titles)) == len(set(plain)):
        return titles
    return [f"{title} ({data})" for title, data in zip(titles, plain, strict=True)]


def _result_rows(
    overviews: Sequence[Overview], epochs: Sequence[Sequence[EpochMetrics]]
) -> list[str]:
    now = time.time()
    outcomes = [known.outcome for known in overviews]
    monitor = next((outcome.monitor for outcome in outcomes if outcome.monitor), "")
    values: list[tuple[str, list[str]]] = [
        (
            f"best {words.metric_name(monitor)}",
            [words.metric_value(outcome.monitor, outcome.best) for outcome in outcomes],
        ),
        ("best epoch", [fmt.count(outcome.best_epoch or None) for outcome in outcomes]),
        ("last validation loss", [_last(rows, "val_loss") for rows in epochs]),
        ("last loss", [_last(rows, "loss") for rows in epochs]),
        (
            "time",
            [fmt.duration(words.seconds_taken(known.run, now)) for known in overviews],
        ),
        ("images/s", [words.speed(rows) or fmt.UNKNOWN for rows in epochs]),
    ]
    return [_row(name, texts, "cs-result") for name, texts in values if len(set(texts)) > 1]


def _last(rows: Sequence[EpochMetrics], name: str) -> str:
    return fmt.metric(rows[-1].metrics.get(name)) if rows else fmt.UNKNOWN


def _row(name: str, texts: Sequence[str], kind: str = "") -> str:
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    return f'<tr class="{kind}"><td>{escape(name)}</td>{cells}</tr>'


def _plain(value: Any) -> str:
    """A setting's value as it is written in a form."""
    if value is None:
        return fmt.UNKNOWN
    writers: dict[type, Callable[[Any], str]] = {
        bool: lambda flag: "on" if flag else "off",
        int: fmt.count,
        float: lambda number: f"{number:g}",
        str: str,
    }
    write = writers.get(type(value), lambda other: json.dumps(other).strip("[]"))
    return write(value)
