"""Writes the gradients' norms into the run's metrics, from a thread of its own."""

import json
import math
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Self

from builder.runs.metrics import FILE_NAME
from builder.runs.metrics_tables import GRADIENT_TABLES
from builder.worker.gradient_norms import GradientNorms

LOOK_SECONDS = 0.25


class GradientLog:
    """Looks four times a second whether there are new norms. Use it as a context manager.

    What cannot be written is left out: the training does not depend on it.

    Args:
        folder: The run's folder; its metrics are there already.
        norms: What is watched.
        first_step: What was written from this step on comes once more.
    """

    def __init__(self, folder: Path, norms: GradientNorms, first_step: int) -> None:
        self._path = folder / FILE_NAME
        self._norms = norms
        self._first_step = first_step
        self._written = -1
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write_regularly, name="gradients", daemon=True)

    def __enter__(self) -> Self:
        if self._norms.layers:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _write_regularly(self) -> None:
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as connection:
                self._begin(connection)
                while not self._closing.wait(LOOK_SECONDS):
                    self._write(connection)
                self._write(connection)
        except sqlite3.Error:
            return

    def _begin(self, connection: sqlite3.Connection) -> None:
        connection.executescript(GRADIENT_TABLES)
        with connection:
            connection.execute("DELETE FROM layer_gradients WHERE step >= ?", (self._first_step,))
            connection.executemany(
                "INSERT OR REPLACE INTO learning_layers VALUES (?, ?, ?, ?)",
                [
                    (row, layer.place, layer.name, json.dumps(layer.weights))
                    for row, layer in enumerate(self._norms.layers)
                ],
            )

    def _write(self, connection: sqlite3.Connection) -> None:
        found = self._norms.read()
        if found is None or found[0] <= self._written:
            return
        self._written, by_layer = found
        norms = [math.hypot(*weights) for weights in by_layer]
        flat = [norm for weights in by_layer for norm in weights]
        row = (
            self._written,
            json.dumps([norm if math.isfinite(norm) else None for norm in norms]),
            json.dumps([weight for weight, norm in enumerate(flat) if norm == 0]),
        )
        with connection:
            connection.execute("INSERT OR REPLACE INTO layer_gradients VALUES (?, ?, ?)", row)
