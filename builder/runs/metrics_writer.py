"""Writes a run's metrics without slowing the training down.

The training only appends to a deque; a thread commits to SQLite four times a second.
"""

import json
import math
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Self

from builder.runs.metrics import FILE_NAME, METRICS_FORMAT, check_version
from builder.runs.metrics_tables import TRAINING_TABLES, leave_wal
from builder.system.errors import FormatError
from builder.system.formats import VERSION_KEY

COMMIT_SECONDS = 0.25

_Row = tuple[int, int, int, float, Mapping[str, float]]


class MetricsWriter:
    """Takes metrics from a training and commits them from a separate thread.

    `add_batch` only appends to a deque and may be called from any thread, with batches in any
    order. Everything else is for one thread. Use it as a context manager: leaving it writes the
    rest.

    Args:
        folder: The run's folder.
        num_batches: Batches in an epoch.
        batch_size: Images in a batch.
        num_images: Images in an epoch; the last batch may be smaller.
        first_step: The first step, above 0 where a run is resumed.
        together: Batches that Keras runs in one call: their metrics come as one row, under the last
            of them. The number of batches in an epoch is a multiple of it.
    """

    def __init__(
        self,
        folder: Path,
        num_batches: int,
        batch_size: int,
        num_images: int,
        first_step: int = 0,
        together: int = 1,
    ) -> None:
        self._path = folder / FILE_NAME
        self._num_batches = num_batches
        self.batch_size = batch_size
        self._num_images = num_images
        self._incoming: deque[tuple[int, int, float, Mapping[str, float]]] = deque()
        self._waiting: dict[int, _Row] = {}
        self._ready: list[tuple[int, int, int, float, str]] = []
        self._together = together
        self._next_step = first_step + together - 1
        self._means: Mapping[str, float] = {}
        self._means_step = -1
        self._unsynced = False
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self.failure = ""
        self._connection = self._open()
        self._thread = threading.Thread(target=self._commit_regularly, name="metrics", daemon=True)
        self._thread.start()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
        try:
            check_version(connection)
        except FormatError:
            connection.close()
            raise
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(TRAINING_TABLES)
        connection.executemany(
            "INSERT OR REPLACE INTO info VALUES (?, ?)",
            [("num_batches", self._num_batches), (VERSION_KEY, METRICS_FORMAT.version)],
        )
        connection.commit()
        return connection

    def forget(self, step: int, epoch: int) -> None:
        """Removes what lies beyond the place from which a run is resumed, since it comes again.

        Args:
            step: The first batch that is still to come, counted from 0 over the run.
            epoch: The last epoch that is done, counted from 1.
        """
        with self._lock, self._connection:
            self._connection.execute("DELETE FROM batches WHERE step >= ?", (step,))
            self._connection.execute("DELETE FROM epochs WHERE epoch > ?", (epoch,))

    def go_on(self, means: Mapping[str, float]) -> None:
        """Takes over the means so far, for a run that is resumed in the middle of an epoch."""
        with self._lock:
            self._means, self._means_step = means, self._next_step - self._together

    def add_batch(self, epoch: int, batch: int, means: Mapping[str, float]) -> None:
        """Records a batch.

        Args:
            epoch: Counted from 1.
            batch: Counted from 0 within the epoch.
            means: Keras's logs: means over the epoch's images so far.
        """
        self._incoming.append((epoch, batch, time.time(), means))

    def add_epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Records the end of an epoch and writes everything before it."""
        self.flush(complete=True)
        row = (epoch, time.time(), _to_json(metrics))
        with self._lock, self._connection:
            self._connection.execute("INSERT OR REPLACE INTO epochs VALUES (?, ?, ?)", row)
        self._unsynced = True

    def flush(self, *, complete: bool = False) -> None:
        """Writes what has come in.

        Args:
            complete: No earlier batch is still to come, so gaps need not be waited for.
        """
        with self._lock:
            self._sort_incoming()
            self._ready += [self._single(row) for row in self._take(complete)]
            if self._ready:
                with self._connection:
                    self._connection.executemany(
                        "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?)", self._ready
                    )
                self._ready.clear()  # only once they are written: a full disk may get space again

    def wait_for(self, step: int, seconds: float = 2.0) -> None:
        """Waits until every batch before a step has arrived and is written, but not for long.

        Args:
            step: The first batch that is not waited for.
            seconds: How long at most.
        """
        deadline = time.monotonic() + seconds
        self.flush()
        while self._next_step < step and time.monotonic() < deadline:
            time.sleep(0.005)
            self.flush()

    def close(self) -> None:
        """Writes the rest and leaves a single file behind.

        `failure` says why something could not be written, such as a full disk.
        """
        self._closing.set()
        self._thread.join()
        with closing(self._connection) as connection:
            try:
                self.flush(complete=True)
            except sqlite3.Error as error:
                self.failure = str(error)
            leave_wal(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _commit_regularly(self) -> None:
        while not self._closing.wait(COMMIT_SECONDS):
            try:
                self.flush()
                self._sync()
                self.failure = ""
            except sqlite3.Error as error:  # a full disk must not end the training at once
                self.failure = str(error)

    def _sync(self) -> None:
        """Syncs a finished epoch to the disk, so that it survives a power cut.

        It is done in this thread: SQLite itself would wait for it in the training's.
        """
        if not self._unsynced:
            return
        self._unsynced = False
        with suppress(OSError), self._path.with_name(f"{FILE_NAME}-wal").open("rb") as file:
            os.fsync(file.fileno())

    def _sort_incoming(self) -> None:
        while self._incoming:
            epoch, batch, moment, means = self._incoming.popleft()
            step = (epoch - 1) * self._num_batches + batch
            self._waiting[step] = (step, epoch, batch, moment, means)

    def _take(self, complete: bool) -> Iterator[_Row]:
        """Takes the batches out in their order, up to the first that is still missing."""
        if complete:
            for step in sorted(self._waiting):
                self._next_step = step + self._together
                yield self._waiting.pop(step)
            return
        while self._next_step in self._waiting:
            row = self._waiting.pop(self._next_step)
            self._next_step += self._together
            yield row

    def _single(self, row: _Row) -> tuple[int, int, int, float, str]:
        """Turns means over the epoch so far into the batch's own, or of those run together.

        Keras reports the mean over all images of the epoch so far. If three batches of 32 images
        have the losses 2.0, 1.0 and 0.6, it reports 2.0, 1.5 and 1.2. The third batch's own loss is
        the difference of the sums, divided by its images: (1.2 · 96 - 1.5 · 64) / 32 = 0.6.

        If the row before is missing, the mean itself is kept, as for the first batch.
        """
        step, epoch, batch, moment, means = row
        is_first = batch < self._together
        follows = is_first or self._means_step == step - self._together
        before: Mapping[str, float] = {} if is_first or not follows else self._means
        self._means, self._means_step = means, step
        seen = min((batch + 1) * self.batch_size, self._num_images)
        seen_before = (batch + 1 - self._together) * self.batch_size if follows else 0
        single = {
            name: (mean * seen - before.get(name, mean) * seen_before) / max(seen - seen_before, 1)
            for name, mean in means.items()
        }
        if "accuracy" in single:
            single["accuracy"] = min(max(single["accuracy"], 0.0), 1.0)
        return step, epoch, batch, moment, _to_json(single)


def _to_json(metrics: Mapping[str, float]) -> str:
    return json.dumps(
        {name: value if math.isfinite(value) else None for name, value in metrics.items()}
    )
