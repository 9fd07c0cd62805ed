"""All runs at a glance: what the list of runs shows, cached between looks.

Every write to a run replaces a file, which changes the folder's modification time. So a run that
has ended is read once, and again only when that time changes: looking at a thousand runs every few
seconds costs one `stat` for each.
"""

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.runs.metrics import FILE_NAME, MetricsReader
from builder.runs.notes import read_note
from builder.runs.outcome import Outcome, outcome
from builder.runs.run_folder import Run, RunError, find
from builder.runs.run_state import read_state
from builder.runs.status import UNREAD

_Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """A run, its outcome, and its note.

    A `RunList` returns the same object until something of it changes.

    Attributes:
        run: The run.
        outcome: As far as its metrics can be read.
        note: A person's note.
        damage: Why some metrics of an ended run cannot be read; empty where all can.
    """

    run: Run
    outcome: Outcome
    note: str = ""
    damage: str = ""


class RunList:
    """The runs of a data folder. Thread-safe.

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
            if found != self._overviews:  # compares the objects, not their contents
                self._overviews = found
            self._known = looked
            return self._overviews

    def runs(self) -> list[Run]:
        """All runs, without their outcomes."""
        return [overview.run for overview in self.overviews()]

    def _look(self, name: str, changed: int) -> tuple[_Stamp, Overview] | None:
        """Reads a run whose folder changed at the given time, in nanoseconds."""
        stamp = (changed,)
        known = self._known.get(name)
        if known is not None and known[0][:1] == stamp and _is_lasting(known[1].run):
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
        except RunError:  # not the name of a run, or deleted a moment ago
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


def _is_lasting(run: Run) -> bool:
    """Whether a run stays as it is until one of its files is replaced."""
    return run.queue_number is not None or not (run.is_active or run.state.state in UNREAD)


def _changed(path: str) -> int:
    """When a file was changed, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  a Path's own stat costs twice as much
    except OSError:
        return 0


def _is_same(one: Overview, other: Overview) -> bool:
    parts = ("run", "outcome", "note", "damage")
    return all(getattr(one, part) == getattr(other, part) for part in parts)
