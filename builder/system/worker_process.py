"""Telling a run's own process from any other that has got its number since."""

from pathlib import Path

import psutil

MODULE = "builder.worker"
WAITING_MODULE = "builder.worker.waiting"
# A worker of version 0.1 may still train after an update.
_MODULES = frozenset({MODULE, "builder.training.worker"})
_WAITING_MODULES = frozenset({WAITING_MODULE, "builder.training.worker.waiting"})


def is_worker_of(pid: int, folder: Path) -> bool:
    """Whether a process lives and is the worker of a run.

    Args:
        pid: A process id, perhaps an old one.
        folder: The run's folder.
    """
    try:
        process = psutil.Process(pid)
        command = process.cmdline()
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if not _WAITING_MODULES.isdisjoint(command):  # it was handed its run when it lived already
            return Path(process.cwd()).name == folder.name
        return not _MODULES.isdisjoint(command) and Path(command[-1]).name == folder.name
    except (psutil.Error, ValueError, OverflowError, IndexError):
        return False


def is_suspended(pid: int) -> bool:
    """Whether a process stands still until somebody lets it go on, as after `kill -STOP`."""
    try:
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    except (psutil.Error, OverflowError):
        return False
