"""Reads a run's metrics, during the training or later.

Steps count batches from 0 over the whole run; epochs count from 1. Batch metrics are those of
the batch alone, not means over the epoch so far.
"""

import csv
import io
import itertools
import json
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from builder.system.errors import FormatError, shown
from builder.system.formats import VERSION_KEY, Format, declare

FILE_NAME = "metrics.sqlite"
METRICS_FORMAT = declare(Format("metrics of a run", (f"runs/*/{FILE_NAME}",)))
MAX_POINTS = 2_000

_EPOCHS = "SELECT epoch, time, metrics FROM epochs WHERE epoch > ? ORDER BY epoch"
_BATCHES = "SELECT step, time, metrics FROM batches WHERE step > ? ORDER BY step"
_VERSION = f"SELECT value FROM info WHERE key = '{VERSION_KEY}'"
_DAMAGE = (TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What parsing raises for values that are not metrics."""


@dataclass(frozen=True, slots=True)
class Points:
    """Batch metrics, oldest first.

    Attributes:
        steps: Batches counted from 0 over the run.
        epochs: The same as fractions of epochs: 1.0 is the end of the first.
        series: Values by metric, as long as `steps`; None where a value is missing or infinite.
        last_step: The newest step that was looked at; -1 where there is none.
    """

    steps: tuple[int, ...]
    epochs: tuple[float, ...]
    series: Mapping[str, tuple[float | None, ...]]
    last_step: int


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """The metrics of an epoch.

    Attributes:
        epoch: Counted from 1.
        time: When it ended, in seconds since 1970.
        metrics: Keras's means over the epoch, `val_…`, `learning_rate` (as the epoch began),
            `seconds` and `images_per_second`; None where a value is not a finite number.
    """

    epoch: int
    time: float
    metrics: Mapping[str, float | None]


class MetricsReader:
    """Reads a run's metrics, during the training or later. Never waits and never writes.

    Every call opens the file again, so several threads can share a reader.

    Args:
        folder: The run's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def points(self, after: int = -1, limit: int = MAX_POINTS) -> Points:
        """Batch metrics that are newer than a step.

        Args:
            after: The last step that is already known.
            limit: Beyond this many points only minima and maxima are kept.
        """
        rows = self._query(
            "SELECT step, epoch, batch, metrics,"
            " (SELECT value FROM info WHERE key = 'num_batches')"
            " FROM batches WHERE step > ? ORDER BY step",
            after,
        )
        if not rows:
            return Points((), (), {}, after)
        try:
            return _points(rows, _objects(row[3] for row in rows), limit)
        except _DAMAGE:  # parts of which may be readable
            read = [(row, found) for row in rows if (found := _batch(row)) is not None]
        if not read:
            return Points((), (), {}, after)
        return _points([row for row, _ in read], [found for _, found in read], limit)

    def epochs(self, after: int = 0) -> tuple[EpochMetrics, ...]:
        """Epoch metrics that are newer than an epoch.

        Args:
            after: The last epoch that is already known, counted from 1.
        """
        rows = self._query(_EPOCHS, after)
        return tuple(row for row in map(_epoch, rows) if row is not None)

    def batches(self) -> Iterator[tuple[int, float, Mapping[str, float | None]]]:
        """Every batch: its step, its end in seconds since 1970, and its metrics."""
        for step, moment, text in self._query(_BATCHES, -1):
            metrics = _metrics(text)
            if metrics is not None and type(step) is int and _is_real(moment):
                yield step, moment, metrics

    def damage(self) -> str:
        """Why some of it cannot be read, in a few words; empty where all of it can be."""
        if not os.path.lexists(self._folder / FILE_NAME):
            return ""
        try:
            epochs = _select(self._folder, _EPOCHS, 0)
            (last,) = _select(self._folder, f"{_BATCHES} DESC LIMIT 1", -1) or [None]
        except sqlite3.Error as error:
            return "" if _is_busy(error) else str(error)
        except FormatError as error:
            return str(error)
        for row in epochs:
            if _epoch(row) is None:
                return f"epoch {shown(row[0])} has no metrics that are numbers"
        if last is not None and _metrics(last[2]) is None:
            return f"batch {shown(last[0])} has no metrics that are numbers"
        return ""

    def last_step(self) -> int:
        """The newest step, -1 where there is none."""
        rows = self._query("SELECT MAX(step) FROM batches WHERE step > ?", -1)
        return rows[0][0] if rows and type(rows[0][0]) is int else -1

    def history_csv(self) -> str:
        """The epochs as a table with a header, one row an epoch."""
        return history_csv(self.epochs())

    def _query(self, query: str, after: int) -> list[Any]:
        return read_rows(self._folder, query, after)


def read_rows(folder: Path, query: str, *values: int) -> list[Any]:
    """Reads rows of a run's metrics, without waiting and without writing.

    Args:
        folder: The run's folder.
        query: An SQL query.
        values: The values of its question marks.

    Returns:
        The rows; none where the file is missing, being created, or damaged.
    """
    try:
        return _select(folder, query, *values)
    except (sqlite3.Error, OverflowError, FormatError):  # a browser may ask for any number
        return []


def _select(folder: Path, query: str, *values: int) -> list[Any]:
    """The same.

    Raises:
        sqlite3.Error: There is no such file or table, or it is damaged.
        OverflowError: An integer is too large for SQLite.
        FormatError: A later version of Convstack wrote it.
    """
    # A WAL file is read through files beside it, which a write-protected disk refuses.
    mode = "mode=ro" if os.access(folder, os.W_OK) else "mode=ro&immutable=1"
    uri = f"{(folder / FILE_NAME).absolute().as_uri()}?{mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=0)) as connection:
        check_version(connection)
        return connection.execute(query, values).fetchall()


def check_version(connection: sqlite3.Connection) -> None:
    """Checks that metrics are of a version that this code reads.

    Raises:
        FormatError: They are of a later one.
    """
    try:
        (row,) = connection.execute(_VERSION).fetchall() or [(1,)]
    except sqlite3.Error:  # there is no such table: nothing is written yet, or it is damaged
        return
    (version,) = row
    whole = isinstance(version, float) and version.is_integer()
    METRICS_FORMAT.check(int(version) if whole else version)


def _is_busy(error: sqlite3.Error) -> bool:
    """Whether it only says that the file is being written, so that another attempt will succeed."""
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def history_csv(epochs: Iterable[EpochMetrics]) -> str:
    """Writes epochs as CSV, the metrics in the order in which they first appear."""
    rows = list(epochs)
    names = list(dict.fromkeys(name for row in rows for name in row.metrics))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *names])
    for row in rows:
        writer.writerow([row.epoch, *(row.metrics.get(name) for name in names)])
    return text.getvalue()


def reduce_extremes(
    series: Sequence[np.ndarray[tuple[int], np.dtype[np.float64]]], length: int, limit: int
) -> list[int]:
    """Chooses which points to show so that no minimum and no maximum is lost.

    The points are divided into equal stretches; in each, every series keeps its lowest and highest
    point. The first and the last point always stay.

    Args:
        series: Lines of equal length; values that are not numbers are skipped.
        length: Their length.
        limit: How many points may stay, at least 2 + 2 per line.

    Returns:
        Indices, ascending.
    """
    if length <= limit:
        return list(range(length))
    num_stretches = max(1, (limit - 2) // (2 * max(len(series), 1)))
    edges = np.linspace(0, length, num_stretches + 1).astype(int)
    keep = {0, length - 1}
    for line in series:
        for start, stop in itertools.pairwise(edges):
            stretch = line[start:stop]
            numbers = np.flatnonzero(np.isfinite(stretch))
            if len(numbers):
                keep.add(int(start + numbers[np.argmin(stretch[numbers])]))
                keep.add(int(start + numbers[np.argmax(stretch[numbers])]))
    return sorted(keep)


def _points(
    rows: Sequence[Any], values: Sequence[Mapping[str, float | None]], limit: int
) -> Points:
    """Joins the rows of batches into series, with at most as many points as may be shown.

    Raises:
        ValueError: A row holds something else; likewise TypeError, AttributeError, OverflowError.
    """
    if len(values) != len(rows) or type(rows[-1][0]) is not int:
        raise ValueError("not one object for each row")
    names = dict.fromkeys(name for row in (values[0], values[-1]) for name in row)
    series = {
        name: np.array([_number(row.get(name)) for row in values], np.float64) for name in names
    }
    keep = reduce_extremes(list(series.values()), len(rows), limit)
    num_batches = rows[0][4] if _is_real(rows[0][4]) and rows[0][4] >= 1 else 1
    return Points(
        steps=tuple(rows[index][0] for index in keep),
        epochs=tuple(
            round(rows[index][1] - 1 + (rows[index][2] + 1) / num_batches, 6) for index in keep
        ),
        series={
            name: tuple(_finite(line[index]) for index in keep) for name, line in series.items()
        },
        last_step=rows[-1][0],
    )


def _objects(texts: Iterable[str]) -> list[dict[str, float | None]]:
    """Parses JSON objects, all at once since that is several times faster."""
    return json.loads(f"[{','.join(texts)}]")


def _batch(row: Sequence[object]) -> dict[str, float | None] | None:
    """The metrics of one batch; None where its row holds something else."""
    return _metrics(row[3]) if all(type(value) is int for value in row[:3]) else None


def _epoch(row: Sequence[Any]) -> EpochMetrics | None:
    """One epoch; None where its row holds something else."""
    number, moment, text = row
    metrics = _metrics(text)
    if metrics is None or type(number) is not int or not _is_real(moment):
        return None
    return EpochMetrics(number, moment, metrics)


def _metrics(text: object) -> dict[str, float | None] | None:
    """Numbers by their names; None where the text holds something else."""
    try:
        found = cast("dict[str, object]", json.loads(cast(str, text)))
        json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate is not a name
        return {name: _checked(value) for name, value in found.items()}
    except _DAMAGE:
        return None


def _checked(value: object) -> float | None:
    """A metric's value; None where it is not finite.

    Raises:
        TypeError: It is something else.
        OverflowError: It is too large for a number.
    """
    if value is None:
        return None
    if type(value) not in (int, float):
        raise TypeError(f"received {shown(value)}, expected a number")
    number = cast("float", value)
    return number if math.isfinite(number) else None


def _is_real(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _number(value: float | None) -> float:
    return math.nan if value is None else value
