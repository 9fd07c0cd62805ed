"""The differences between runs as a table: results first, then settings, then the networks."""

import csv
import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from builder.runs.comparison import Difference, Result, differences
from builder.runs.metric_rows import EpochMetrics
from builder.runs.overview import Overview
from components.runs import words
from components.runs.rows import LETTERS
from components.shell import format as fmt

_GROUPS = {"result": "", "setting": "Settings", "network": "Network"}
_MAX_ROWS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        group: `result`, `setting` or `network`.
        name: What differs.
        values: As texts, one for each run.
        exact: The same to the last digit, for a file.
        changes: The difference of each from the baseline, as text; empty where there is none to
            show.
    """

    group: str
    name: str
    values: tuple[str, ...]
    exact: tuple[Any, ...]
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All lines, and the runs' names in the order of their letters."""

    names: tuple[str, ...]
    baseline: int
    rows: tuple[Row, ...]


def table(
    overviews: Sequence[Overview], epochs: Sequence[Sequence[EpochMetrics]], baseline: int
) -> Table:
    """Collects the differences.

    Args:
        overviews: The runs.
        epochs: Of each run.
        baseline: The number of the run that the others are compared with.
    """
    results = (
        _result_row(result, write, baseline)
        for result, write in _results(overviews, epochs)
        if len(set(map(write, result.values))) > 1
    )
    found = differences([known.run for known in overviews])
    others = (
        Row(each.group, each.name, tuple(_values(each, overviews)), each.values) for each in found
    )
    names = tuple(known.run.name for known in overviews)
    return Table(names, baseline, (*results, *others))


def to_csv(shown: Table) -> str:
    """The table as CSV: exact values, then the changes against the baseline."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    named = [f"{letter} {name}" for letter, name in zip(LETTERS, shown.names, strict=False)]
    others = [place for place in range(len(named)) if place != shown.baseline]
    against = f"against {LETTERS[shown.baseline]}"
    rows.writerow(("group", "name", *named, *(f"{LETTERS[place]} {against}" for place in others)))
    for row in shown.rows:
        exact = [_exact(value) for value in row.exact]
        changes = [row.changes[place] if row.changes else "" for place in others]
        rows.writerow((row.group, row.name, *exact, *changes))
    return text.getvalue()


def to_html(shown: Table) -> str:
    """The table as HTML; values that equal the baseline are dimmed."""
    heads = "".join(
        f'<th><i class="cs-badge cs-badge-{letter}">{letter}</i>{escape(name)}'
        f"{'<small>baseline</small>' if place == shown.baseline else ''}</th>"
        for place, (letter, name) in enumerate(zip(LETTERS, shown.names, strict=False))
    )
    width = len(shown.names) + 1
    results = [row for row in shown.rows if row.group == "result"]
    others = [row for row in shown.rows if row.group != "result"]
    rows = "".join(_html_row(row, shown.baseline) for row in results)
    for group, alike in groupby(others[:_MAX_ROWS], key=lambda row: row.group):
        rows += f'<tr class="cs-group"><th colspan="{width}">{_GROUPS[group]}</th></tr>'
        rows += "".join(_html_row(row, shown.baseline) for row in alike)
    if not others:
        rows += _said("settings and network", "the same", width)
    if len(others) > _MAX_ROWS:
        rows += _said(f"{len(others) - _MAX_ROWS} more", "in the CSV", width)
    return (
        '<table class="cs-table cs-differences"><thead><tr><th>What differs</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _html_row(row: Row, baseline: int) -> str:
    cells = ""
    for place, text in enumerate(row.values):
        same = place != baseline and row.exact[place] == row.exact[baseline]
        change = row.changes[place] if row.changes else ""
        told = f" <small>{escape(change)}</small>" if change else ""
        kind = ' class="cs-same"' if same else ""
        cells += f"<td{kind}>{escape(text)}{told}</td>"
    kind = "cs-result" if row.group == "result" else ""
    return f'<tr class="{kind}"><td>{escape(row.name)}</td>{cells}</tr>'


def _said(name: str, text: str, width: int) -> str:
    cells = f"<td>{escape(text)}</td>" * (width - 1)
    return f'<tr class=""><td>{escape(name)}</td>{cells}</tr>'


def _values(found: Difference, overviews: Sequence[Overview]) -> list[str]:
    """Of the data their names, as elsewhere on the page; where two have one name, their ids too."""
    plain = [_plain(value) for value in found.values]
    if (found.group, found.name) != ("setting", "dataset"):
        return plain
    titles = [words.data_of(known.run) for known in overviews]
    if len(set(titles)) == len(set(plain)):
        return titles
    return [f"{title} ({data})" for title, data in zip(titles, plain, strict=True)]


_Write = Callable[[float | None], str]


def _result_row(result: Result, write: _Write, baseline: int) -> Row:
    told = tuple(_change(result, value) for value in result.against(baseline))
    return Row("result", result.name, tuple(map(write, result.values)), result.values, told)


def _change(result: Result, value: float | None) -> str:
    if result.kind == "metric":
        return words.metric_difference(result.metric, value)
    if result.kind == "count":
        return words.count_difference(value)
    return words.change(value)


def _results(
    overviews: Sequence[Overview], epochs: Sequence[Sequence[EpochMetrics]]
) -> list[tuple[Result, _Write]]:
    """The results with how their values are written."""
    now = time.time()
    outcomes = [known.outcome for known in overviews]
    monitor = next((outcome.monitor for outcome in outcomes if outcome.monitor), "")

    def metric(name: str) -> _Write:
        return lambda value: words.metric_value(name, value)

    def count(value: float | None) -> str:
        return fmt.count(None if value is None else int(value))

    def rate(value: float | None) -> str:
        return fmt.UNKNOWN if value is None else f"{value:,.0f}"

    # Of runs that another metric decides the best is not told: it could not be compared.
    best = tuple(each.best if each.monitor == monitor else None for each in outcomes)
    seconds = tuple(words.seconds_taken(known.run, now) for known in overviews)
    best_epochs = tuple(each.best_epoch or None for each in outcomes)
    rates = tuple(map(words.speed_value, epochs))
    return [
        (Result(f"best {words.metric_name(monitor)}", "metric", best, monitor), metric(monitor)),
        (Result("best epoch", "count", best_epochs), count),
        *(
            (
                Result(f"last {words.metric_name(name)}", "metric", _last(epochs, name), name),
                metric(name),
            )
            for name in ("val_loss", "loss", "val_accuracy", "accuracy")
        ),
        (Result("time", "amount", seconds), fmt.duration),
        (Result("images/s", "amount", rates), rate),
    ]


def _last(epochs: Sequence[Sequence[EpochMetrics]], name: str) -> tuple[float | None, ...]:
    return tuple(rows[-1].metrics.get(name) if rows else None for rows in epochs)


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


def _exact(value: Any) -> Any:
    """A value as a file holds it."""
    if value is None:
        return ""
    return value if isinstance(value, (str, int, float)) else json.dumps(value)
