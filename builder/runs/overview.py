"""All runs at a glance: what the list of runs shows, kept from one look to the next.

Whatever writes to a run puts a new file in the place of an old one, which changes the folder's own
time. So a run that has ended is read once, and then again only when that time has changed: looking
at a thousand runs every few seconds costs one `stat` for each.
"""

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from builder.runs.metrics import FILE_NAME, EpochMetrics, MetricsReader
from builder.runs.notes import read_note
from builder.runs.run_folder import Run, RunError, find
from builder.runs.run_state import BEST, read_state

MONITORS = {"val_accuracy": max, "val_loss": min, "loss": min}
"""The metrics that can say which epoch was the best, the first choice first."""


_Stamp = tuple[int, ...]


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


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """A run, what it has come to, and what a person says of it.

    As long as nothing of that changes, a `RunList` gives the same object again.

    Attributes:
        run: The run.
        outcome: What it has come to, as far as its metrics can be read.
        note: What a person says of it.
        damage: What of an ended run's metrics cannot be read, and why; empty where all can.
    """

    run: Run
    outcome: Outcome
    note: str = ""
    damage: str = ""


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
        self._overviews: tuple[Overview, ...] = ()
        self._lock = threading.Lock()

    def overviews(self) -> tuple[Overview, ...]:
        """All runs as they are now, the newest first; damaged ones too."""
        with self._lock:
            looked = {
                name: known for name, at in _folders(self._home) if (known := self._look(name, at))
            }
            found = tuple(overview for _, overview in looked.values())
            if found != self._overviews:  # compares the objects, not what they hold
                self._overviews = found
            self._known = looked
            return self._overviews

    def runs(self) -> list[Run]:
        """The same without their outcomes."""
        return [overview.run for overview in self.overviews()]

    def _look(self, name: str, changed: int) -> tuple[_Stamp, Overview] | None:
        """Looks at a run whose folder was changed at a time, in nanoseconds."""
        stamp = (changed,)
        known = self._known.get(name)
        if known is not None and known[0] == stamp and _is_final(known[1].run):
            return known
        # While a run is active its numbers grow, and its process may vanish without a trace.
        metrics = f"{self._home}/runs/{name}/{FILE_NAME}"
        growing = (changed, _changed(metrics), _changed(f"{metrics}-wal"))
        if known is not None and known[0] == growing and known[1].run.is_active:
            run = known[1].run
            if read_state(run.folder) == run.state:
                return known
        try:
            run = find(self._home, name)
        except RunError:  # no run's name, or deleted a moment ago
            return None
        reader = MetricsReader(run.folder)
        damage = "" if run.is_active else reader.damage()
        told = f"{FILE_NAME} cannot be read: {damage}" if damage else ""
        now = Overview(run, outcome(reader.epochs()), read_note(run.folder), told)
        if known is not None and _is_same(known[1], now):
            now = known[1]
        return (growing if run.is_active else stamp), now


def by_document(overviews: Sequence[Overview], document_id: str) -> list[Overview]:
    """The runs that were started from a document, in the order given."""
    return [overview for overview in overviews if overview.run.document_id == document_id]


def _folders(home: Path) -> Iterator[tuple[str, int]]:
    """The runs' folders by name, the newest first, and when each was changed, in nanoseconds."""
    found: list[tuple[str, int]] = []
    with contextlib.suppress(FileNotFoundError), os.scandir(home / "runs") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # removed a moment ago
                if not entry.name.startswith(".") and entry.is_dir():
                    found.append((entry.name, entry.stat().st_mtime_ns))
    return iter(sorted(found, reverse=True))  # a name begins with its date


def _is_final(run: Run) -> bool:
    return not run.is_active and run.state.state != "damaged"


def _changed(path: str) -> int:
    """When a file was changed, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  a Path's own stat costs twice as much
    except OSError:
        return 0


def _is_same(one: Overview, other: Overview) -> bool:
    parts = ("run", "outcome", "note", "damage")
    return all(getattr(one, part) == getattr(other, part) for part in parts)
