"""Reads a run's metrics, during the training or later.

Steps count batches from 0 over the whole run; epochs count from 1. Batch metrics are those of
the batch alone, not means over the epoch so far.
"""

import csv
import io
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from builder.runs.metric_rows import (
    EpochMetrics,
    Points,
    is_real,
    read_epoch,
    read_metrics,
    read_points,
)
from builder.system.errors import FormatError, shown
from builder.system.formats import VERSION_KEY, Format, declare

FILE_NAME = "metrics.sqlite"
METRICS_FORMAT = declare(Format("metrics of a run", (f"runs/*/{FILE_NAME}",)))
MAX_POINTS = 2_000

_EPOCHS = "SELECT epoch, time, metrics FROM epochs WHERE epoch > ? ORDER BY epoch"
_BATCHES = "SELECT step, time, metrics FROM batches WHERE step > ? ORDER BY step"
_VERSION = f"SELECT value FROM info WHERE key = '{VERSION_KEY}'"


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
        return read_points(rows, limit) or Points((), (), {}, after)

    def epochs(self, after: int = 0) -> tuple[EpochMetrics, ...]:
        """Epoch metrics that are newer than an epoch.

        Args:
            after: The last epoch that is already known, counted from 1.
        """
        rows = self._query(_EPOCHS, after)
        return tuple(row for row in map(read_epoch, rows) if row is not None)

    def batches(self) -> Iterator[tuple[int, float, Mapping[str, float | None]]]:
        """Every batch: its step, its end in seconds since 1970, and its metrics."""
        for step, moment, text in self._query(_BATCHES, -1):
            metrics = read_metrics(text)
            if metrics is not None and type(step) is int and is_real(moment):
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
            if read_epoch(row) is None:
                return f"epoch {shown(row[0])} has no metrics that are numbers"
        if last is not None and read_metrics(last[2]) is None:
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
