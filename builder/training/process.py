"""Telling a run's own process from any other that has got its number since."""

from pathlib import Path

import psutil

MODULE = "builder.training.worker"
WAITING_MODULE = "builder.training.worker.waiting"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Names this start of the machine; empty where the system has no name for it."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


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
