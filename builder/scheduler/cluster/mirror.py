"""The side of a run on a cluster that is here: keeps the run's folder as if it trained here.

Metrics, log and state come with each report. Files come in snapshots, a piece at a time between two
reports, so that a large checkpoint does not hold the curves up. They take their places only once
all of a snapshot are here: the best model first, then the checkpoint, then `LATEST`, which names
it. So the run can go on from here at any moment, as after a crash on this machine.
"""

import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from builder.runs.metrics import FILE_NAME
from builder.runs.metrics_tables import MetricsCopy, NewRows
from builder.runs.process_file import PROCESS
from builder.runs.requests import REQUEST
from builder.runs.run_state import (
    CHECKPOINTS,
    LOCK,
    LOG,
    STATE,
    STATE_FORMAT,
    RunState,
    stored_state,
    write_state,
)
from builder.runs.status import RunStatus
from builder.runs.ticket_file import TICKET
from builder.scheduler.cluster.reports import ClusterError, Known, Remote, Report, Snapshot, inside
from builder.system.atomic import write_atomically

PIECE_BYTES = 4 << 20
KEEP = 2
"""Checkpoints, as the worker itself keeps them."""
_LATEST = f"{CHECKPOINTS}/LATEST"
_STAYS = frozenset({STATE, LOCK, LOG, PROCESS, REQUEST, TICKET})
"""Files that are not copied to the cluster as they are."""

log = logging.getLogger("convstack.cluster")


class Mirror:
    """Copies a run to a cluster, and what becomes of it back. For one thread.

    Args:
        folder: The run's folder here, whose lock is held.
        remote: The side on the cluster.
    """

    def __init__(self, folder: Path, remote: Remote) -> None:
        self._folder = folder
        self._remote = remote
        self._metrics = MetricsCopy(folder)
        self._known = Known()
        self._arriving = folder / ".arriving"
        self._fetching: Iterator[bool] | None = None
        self._shown: RunState | None = None
        shutil.rmtree(self._arriving, ignore_errors=True)

    def send(self, state: RunState) -> Iterator[None]:
        """Copies the run's folder to the cluster, a piece at each step.

        Args:
            state: The run's, `queued`.
        """
        for name in self._files():
            with (self._folder / name).open("rb") as file:
                while True:
                    piece = file.read(PIECE_BYTES)
                    self._remote.put(name, piece)
                    yield
                    if len(piece) < PIECE_BYTES:
                        break
        self._remote.put(FILE_NAME, self._metrics.content())
        yield
        self._remote.put(STATE, json.dumps(STATE_FORMAT.stamp(state.values())).encode())

    def step(self) -> Report:
        """Takes what is new, and a piece of the files that are on their way.

        Raises:
            ClusterError: The other side does not answer.
            OSError: Something cannot be written here.
        """
        report = self._remote.report(self._known)
        self._take(report)
        if self._fetching is None and report.snapshot is not None:
            self._fetching = self._fetch(report.snapshot)
        if self._fetching is not None and not next(self._fetching, False):
            self._fetching = None
        return report

    def close(self) -> None:
        """Leaves the run's folder as a worker leaves it."""
        self._metrics.close()
        shutil.rmtree(self._arriving, ignore_errors=True)

    def _take(self, report: Report) -> None:
        if report.log:
            with (self._folder / LOG).open("ab") as log:
                log.write(report.log)
        self._known = Known(self._known.log + len(report.log), self._add(report.metrics))
        state = stored_state(dict(report.state))
        if state is None or state.state == RunStatus.QUEUED:  # its worker has not begun yet
            return
        if not state.is_active and not report.is_complete:  # its results are still on their way
            if self._shown is None:
                return
            state = replace(self._shown, stage="bringing the results here")
        if state != self._shown:
            write_state(self._folder, state)
            self._shown = state

    def _add(self, new: NewRows) -> Mapping[str, int]:
        """Adds metrics, and returns the highest keys that are known now."""
        try:
            self._metrics.add(new)
        except sqlite3.Error as error:  # a full disk, say: the next report has the same once more
            log.warning("some metrics could not be written: %s", error)
            return self._known.metrics
        return {**self._known.metrics, **new.known}

    def _fetch(self, snapshot: Snapshot) -> Iterator[bool]:
        """Fetches the files of a snapshot, and puts them in their places; yields at each piece."""
        shutil.rmtree(self._arriving, ignore_errors=True)
        for name, size in snapshot.sizes.items():
            yield from self._fetch_file(snapshot.number, name, size)
        self._publish(snapshot)
        self._remote.release(snapshot.number)

    def _fetch_file(self, number: int, name: str, size: int) -> Iterator[bool]:
        path = inside(self._arriving, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while file.tell() < size:
                piece = self._remote.read(number, name, file.tell(), PIECE_BYTES)
                if not piece:
                    raise ClusterError(
                        f"{name} from the cluster has {file.tell():,} bytes, expected {size:,}"
                    )
                file.write(piece)
                yield True
            file.flush()
            os.fsync(file.fileno())

    def _publish(self, snapshot: Snapshot) -> None:
        for name in snapshot.sizes:
            if not name.startswith(f"{CHECKPOINTS}/"):
                target = self._folder / name
                target.parent.mkdir(exist_ok=True)
                (self._arriving / name).replace(target)
        if not snapshot.checkpoint:
            return
        checkpoints = self._folder / CHECKPOINTS
        checkpoints.mkdir(exist_ok=True)
        target = checkpoints / snapshot.checkpoint
        shutil.rmtree(target, ignore_errors=True)
        (self._arriving / CHECKPOINTS / snapshot.checkpoint).rename(target)
        write_atomically(self._folder / _LATEST, f"{snapshot.checkpoint}\n")
        self._remove_old(snapshot.checkpoint)

    def _remove_old(self, newest: str) -> None:
        """Keeps the newest ones; those beyond it are of a future that was given up."""
        names = sorted(path.name for path in (self._folder / CHECKPOINTS).glob("epoch-*"))
        keep = {newest, *[name for name in names if name < newest][1 - KEEP :]}
        for name in set(names) - keep:
            shutil.rmtree(self._folder / CHECKPOINTS / name, ignore_errors=True)

    def _files(self) -> Iterator[str]:
        """The files that the worker needs, by their paths in the folder."""
        for path in sorted(self._folder.rglob("*")):
            parts = path.relative_to(self._folder).parts
            name = "/".join(parts)
            is_hidden = any(part.startswith(".") for part in parts)
            if is_hidden or name in _STAYS or name.startswith(FILE_NAME) or not path.is_file():
                continue
            yield name
