"""All runs at a glance: what the list of runs shows, kept from one look to the next.

A run that has ended is read once and then again only when its state file changes, so that looking
at hundreds of runs every few seconds costs next to nothing.
"""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from builder.training.metrics import EpochMetrics, MetricsReader
from builder.training.notes import NOTE, read_note
from builder.training.run_folder import Run, RunError, find
from builder.training.run_state import BEST, STATE

MONITORS = {"val_accuracy": max, "val_loss": min, "loss": min}
"""The metrics that can say which epoch was the best, the first choice first."""


_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training has come to so far.

    Attributes:
        monitor: The metric that decides; empty before the first epoch has ended.
        best: Its best value; None where there is none.
        best_epoch: The epoch of that value, counted from 1; 0 where there is none.
        curve: The monitor's value after each epoch; None where it was not a finite number.
    """

    monitor: str = ""
    best: float | None = None
    best_epoch: int = 0
    curve: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """A run, what it has come to, and what a person says of it."""

    run: Run
    outcome: Outcome
    note: str = ""


def outcome(epochs: Sequence[EpochMetrics]) -> Outcome:
    """Finds the best epoch by the first of `MONITORS` that was recorded."""
    for monitor in MONITORS:
        best = _best_epoch(monitor, epochs)
        if best is not None:
            curve = tuple(row.metrics.get(monitor) for row in epochs)
            value = next(row.metrics[monitor] for row in epochs if row.epoch == best)
            return Outcome(monitor, value, best, curve)
    return Outcome()


def kept_epoch(run: Run, epochs: Sequence[EpochMetrics]) -> int | None:
    """The epoch whose model is kept as the best one, by the metric that the settings name.

    None where none is kept. `outcome` may call another epoch the best.
    """
    settings = run.settings
    if settings is None or not settings.keep_best or not (run.folder / BEST).exists():
        return None
    return _best_epoch(settings.monitor, epochs)


def evaluated(run: Run) -> tuple[str, int] | None:
    """Which model a finished run was evaluated with, `last` or `best`, and of which epoch.

    None where that was not noted: before it was, the last one.
    """
    noted = run.state.results.get("evaluated")
    if not isinstance(noted, dict):
        return None
    which = cast(dict[str, Any], noted)
    model, epoch = which.get("model"), which.get("epoch")
    return (model, epoch) if model in ("last", "best") and type(epoch) is int else None


def _best_epoch(monitor: str, epochs: Sequence[EpochMetrics]) -> int | None:
    """The first epoch with the best value of a metric; None where it was never recorded."""
    values = {row.epoch: value for row in epochs if (value := row.metrics.get(monitor)) is not None}
    return MONITORS[monitor](values, key=values.__getitem__) if values else None


class RunList:
    """The runs of a data folder. Safe for several threads.

    Args:
        home: The folder that holds `runs/`.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._known: dict[str, tuple[_Stamp, Overview]] = {}
        self._lock = threading.Lock()

    def overviews(self) -> list[Overview]:
        """All runs as they are now, the newest first; damaged ones too."""
        with self._lock:
            looked = {name: self._look(name) for name in _names(self._home)}
            self._known = {name: known for name, known in looked.items() if known is not None}
            return [overview for _, overview in self._known.values()]

    def runs(self) -> list[Run]:
        """The same without their outcomes."""
        return [overview.run for overview in self.overviews()]

    def _look(self, name: str) -> tuple[_Stamp, Overview] | None:
        stamp = _stamp(self._home / "runs" / name)
        known = self._known.get(name)
        if known is not None and known[0] == stamp and _is_final(known[1].run):
            return known
        try:
            run = find(self._home, name)
        except RunError:  # no run's name, or deleted a moment ago
            return None
        known_epochs = MetricsReader(run.folder).epochs()
        return stamp, Overview(run, outcome(known_epochs), read_note(run.folder))


def by_document(overviews: Sequence[Overview], document_id: str) -> list[Overview]:
    """The runs that were started from a document, in the order given."""
    return [overview for overview in overviews if overview.run.document_id == document_id]


def _names(home: Path) -> list[str]:
    """The names of the runs' folders, the newest first: a name begins with its date."""
    try:
        with os.scandir(home / "runs") as entries:
            names = [entry.name for entry in entries if entry.is_dir()]
    except FileNotFoundError:
        return []
    return sorted((name for name in names if not name.startswith(".")), reverse=True)


def _is_final(run: Run) -> bool:
    return not run.is_active and run.state.state != "damaged"


def _stamp(folder: Path) -> _Stamp:
    """Changes whenever the run's worker writes its state, or a person the note."""
    return _changed(folder / STATE), _changed(folder / NOTE)


def _changed(path: Path) -> int:
    """When a file was changed, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
