"""Optuna's journal in a study's folder: what was proposed and what it came to, line by line.

`optuna-dashboard journal.log` shows it, while the study runs too.
"""

import contextlib
import os
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

from builder.system import locks

JOURNAL = "journal.log"
_LOCK = "journal.lock"


class _KernelLock(JournalFileOpenLock):
    """A lock that the kernel frees when its holder dies; Optuna's own last 30 seconds more."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path
        self._held = contextlib.ExitStack()

    def acquire(self) -> bool:
        self._held.enter_context(locks.locked(self._path))
        return True

    def release(self) -> None:
        self._held.close()


def open_journal(folder: Path) -> JournalStorage:
    """Opens a study's journal, or begins it.

    Args:
        folder: The study's folder; the caller holds the study's lock.

    Raises:
        OSError: It cannot be read or written.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    path = folder / JOURNAL
    _drop_half_a_line(path)
    return JournalStorage(JournalFileBackend(str(path), _KernelLock(folder / _LOCK)))


def _drop_half_a_line(path: Path) -> None:
    """Removes the incomplete last line of a killed process; Optuna cannot read past it."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
