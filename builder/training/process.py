"""Telling a run's own process from any other that has got its number since."""

from pathlib import Path

import psutil

MODULE = "builder.training.worker"
WAITING_MODULE = "builder.training.worker.waiting"


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
        if WAITING_MODULE in command:  # it was handed its run when it lived already
            return Path(process.cwd()).name == folder.name
        return MODULE in command and Path(command[-1]).name == folder.name
    except (psutil.Error, ValueError, OverflowError, IndexError):
        return False


def is_suspended(pid: int) -> bool:
    """Whether a process stands still until somebody lets it go on, as after `kill -STOP`."""
    try:
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    except (psutil.Error, OverflowError):
        return False
