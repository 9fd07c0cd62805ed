"""Tells a run's own process from another one that has been given the same id since."""

from collections.abc import Mapping
from pathlib import Path

import psutil

MODULE = "builder.worker"
WAITING_MODULE = "builder.worker.waiting"
FORKING_MODULE = "builder.worker.forking"
TETHERED_MODULE = "builder.worker.tethered"
HOST_MODULE = "builder.scheduler.cluster"
# A worker of version 0.1 may still train after an update.
_MODULES = frozenset({MODULE, HOST_MODULE, "builder.training.worker"})
_WAITING_MODULES = frozenset({WAITING_MODULE, FORKING_MODULE, "builder.training.worker.waiting"})


def is_worker_of(pid: int, folder: Path) -> bool:
    """Whether a process lives and is the worker of a run.

    A process has no command line for a moment after it was started: the system closes the pipe by
    which its parent learns of the start before it writes the arguments. Its working folder, the
    run's, is set by then.

    Args:
        pid: A process id, perhaps an old one.
        folder: The run's folder.
    """
    try:
        process = psutil.Process(pid)
        command = process.cmdline()
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if not command or not _WAITING_MODULES.isdisjoint(command):  # or was handed its run later
            return Path(process.cwd()).name == folder.name
        return not _MODULES.isdisjoint(command) and Path(command[-1]).name == folder.name
    except (psutil.Error, ValueError, OverflowError, IndexError):
        return False


def is_suspended(pid: int) -> bool:
    """Whether a process is suspended, as by `kill -STOP`."""
    try:
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    except (psutil.Error, OverflowError):
        return False


def handed_on(variables: Mapping[str, str], name: str, chosen: str = "") -> dict[str, str]:
    """Sets a variable of a worker; a person's own value takes precedence, in later workers too.

    A worker passes its environment on to the keeper that starts the next run. There the variable
    holds the value chosen for the first worker, so the person's own value is kept beside it.

    Args:
        variables: Of this process, which may be a worker.
        name: The variable.
        chosen: The value to use where the person has set none; empty leaves it unset.
    """
    kept = f"CONVSTACK_{name}"
    given = variables.get(kept, variables.get(name, ""))
    value = given or chosen
    others = {key: one for key, one in variables.items() if key not in (name, kept)}
    return others | {kept: given} | ({name: value} if value else {})
