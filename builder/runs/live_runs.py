"""The runs that may still do something by themselves, cached between looks.

The queue asks for them at every step. A run that waits or has ended changes only when a file in its
folder is replaced, which changes the folder's modification time, so a thousand of them cost one
`stat` each. All others are read anew: a process may vanish without a trace.
"""

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from builder.runs.run_folder import Run, read, runs_folder
from builder.runs.run_state import is_starting
from builder.runs.status import BROKEN, RunStatus

_FRESH_NS = 100_000_000
"""A folder that was changed so short a time ago may change again within the clock's last tick."""
_LASTING = frozenset(RunStatus) - BROKEN | {RunStatus.FAILED}


@dataclass(frozen=True, slots=True)
class _Known:
    """A run as it was read.

    Attributes:
        changed: When its folder was changed, in nanoseconds.
        run: None where it has ended, its process too.
    """

    changed: int
    run: Run | None


_known: dict[str, _Known] = {}
_guard = threading.Lock()


def live_runs(home: Path) -> list[Run]:
    """The runs that train, wait or were lost, and those whose process has not ended yet.

    The newest first.
    """
    folder = str(runs_folder(home))
    with _guard:
        looked: dict[str, _Known] = {}
        found: list[Run] = []
        for path, changed in _folders(folder):
            known = _known.get(path)
            if known is None or known.changed != changed:
                run, lasts = _look(path)
                known = _Known(changed, run)
                if lasts and time.time_ns() - changed > _FRESH_NS:
                    looked[path] = known
            else:
                looked[path] = known
            if known.run is not None:
                found.append(known.run)
        for path in [path for path in _known if path.startswith(f"{folder}{os.sep}")]:
            del _known[path]
        _known.update(looked)
        return found


def _look(path: str) -> tuple[Run | None, bool]:
    """Reads a run; gives it where it is live, and whether it stays as it is until it is written."""
    run = read(Path(path))
    if run.queue_number is not None:
        return run, True
    if run.is_active or run.state.state not in _LASTING or is_starting(run.folder):
        return run, False
    return None, True


def _folders(folder: str) -> list[tuple[str, int]]:
    """The runs' folders, the newest first, and when each was changed, in nanoseconds."""
    found: list[tuple[str, int]] = []
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # removed a moment ago
                if not entry.name.startswith(".") and entry.is_dir():
                    found.append((entry.path, entry.stat().st_mtime_ns))
    return sorted(found, reverse=True)
