"""The tables of a run's metrics, and what is new in them, for a run that trains elsewhere.

A run on a cluster has its metrics written there; its host reads the new rows there and adds them
here. Rows are only ever added once a training is under way, so the highest key that is known tells
which are new.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.runs.metrics import FILE_NAME, check_version

TRAINING_TABLES = """
CREATE TABLE IF NOT EXISTS batches (
    step INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, batch INTEGER NOT NULL,
    time REAL NOT NULL, metrics TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS epochs (
    epoch INTEGER PRIMARY KEY, time REAL NOT NULL, metrics TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS info (key TEXT PRIMARY KEY, value REAL NOT NULL);
"""

GRADIENT_TABLES = """
CREATE TABLE IF NOT EXISTS learning_layers (
    row INTEGER PRIMARY KEY, layer INTEGER NOT NULL, name TEXT NOT NULL, weights TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS layer_gradients (
    step INTEGER PRIMARY KEY, norms TEXT NOT NULL, unmoved TEXT NOT NULL);
"""
"""Layers with trainable weights in the model's order, `weights` a JSON list of names and numbers of
values; and the norms of the layers' gradients, `unmoved` a JSON list of the weights whose gradient
is exactly 0, counted from 0 over all layers."""

MAX_ROWS = 20_000
"""The most rows of a table that are read at once."""
_GROWING = {"batches": "step", "epochs": "epoch", "layer_gradients": "step"}
_WIDTHS = {"batches": 5, "epochs": 3, "layer_gradients": 3, "info": 2, "learning_layers": 4}

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class NewRows:
    """What is new in a run's metrics.

    Attributes:
        last: The highest key of each table that grows; -1 where it is empty.
        known: The highest key that is known with these rows.
        rows: The rows by table. The small tables come whole.
    """

    last: Mapping[str, int] = field(default_factory=dict[str, int])
    known: Mapping[str, int] = field(default_factory=dict[str, int])
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict[str, Sequence[Row]])

    @property
    def is_complete(self) -> bool:
        """Whether nothing else was there to be read."""
        return self.known == self.last


def read_new(folder: Path, known: Mapping[str, int], limit: int = MAX_ROWS) -> NewRows:
    """Reads what is new in a run's metrics.

    Args:
        folder: The run's folder.
        known: The highest key that is known of each table that grows; missing for none.
        limit: The most rows of a table.

    Raises:
        sqlite3.Error: They cannot be read at this moment.
    """
    if not (folder / FILE_NAME).exists():
        return NewRows()
    last: dict[str, int] = {}
    rows: dict[str, Sequence[Row]] = {}
    with closing(sqlite3.connect(folder / FILE_NAME, timeout=10)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        for table in names & _WIDTHS.keys():
            key = _GROWING.get(table)
            if key is None:
                rows[table] = connection.execute(f"SELECT * FROM {table}").fetchall()
                continue
            (highest,) = connection.execute(f"SELECT MAX({key}) FROM {table}").fetchone()
            last[table] = -1 if highest is None else highest
            rows[table] = connection.execute(
                f"SELECT * FROM {table} WHERE {key} > ? AND {key} <= ? ORDER BY {key} LIMIT ?",
                (known.get(table, -1), last[table], limit),
            ).fetchall()
    reached = {
        table: rows[table][-1][0] if rows[table] else min(known.get(table, -1), last[table])
        for table in last
    }
    return NewRows(last, reached, rows)


class MetricsCopy:
    """The metrics here of a run that trains elsewhere. For one thread.

    Args:
        folder: The run's folder here.

    Raises:
        sqlite3.Error: The file cannot be opened.
        FormatError: A later version of Convstack wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / FILE_NAME, timeout=10)
        check_version(self._connection)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(TRAINING_TABLES + GRADIENT_TABLES)

    def content(self) -> bytes:
        """The whole file, with what is still in the files beside it."""
        return self._connection.serialize()

    def add(self, new: NewRows) -> None:
        """Adds rows, and removes those that the training has given up and trains again."""
        with self._connection:
            for table, last in new.last.items():
                key = _GROWING[table]
                self._connection.execute(f"DELETE FROM {table} WHERE {key} > ?", (last,))
            for table, rows in new.rows.items():
                marks = ", ".join("?" * _WIDTHS[table])
                self._connection.executemany(
                    f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows
                )

    def close(self) -> None:
        """Leaves a single file behind, unless it is being read."""
        with closing(self._connection):
            leave_wal(self._connection)


def leave_wal(connection: sqlite3.Connection) -> None:
    """Has the files beside the metrics go, unless they are being read; nothing is lost by that."""
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error:
        return
