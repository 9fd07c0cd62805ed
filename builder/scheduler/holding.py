"""Holding a run: what every process that trains one does, whether a worker or a cluster's host."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from builder.runs.requests import read_request
from builder.runs.silent_end import GONE
from builder.runs.stop_request import StopRequest
from builder.runs.worker_lock import Watch, WorkerLock
from builder.scheduler import keeper
from builder.system.disk_errors import reason

REFUSED = 1
"""The exit status of a process that cannot have its run."""

Train = Callable[[StopRequest, WorkerLock], int]


def hold(folder: Path, train: Train, leave: Callable[[int], object], log: logging.Logger) -> int:
    """Takes a run's lock, has the run trained, and lets the next one begin.

    From the first moment on SIGTERM and SIGINT are requests to stop.

    Args:
        folder: The run's folder.
        train: Trains the run while its lock is held; returns the exit status.
        leave: Ends this process at once with an exit status; called from another thread where the
            run's folder or its lock is gone, since the results would have no place.
        log: Where this process says what goes wrong.

    Returns:
        What `train` returned; `REFUSED` where another process has the run, or the disk refuses.
    """
    stop = StopRequest()
    stop.listen()
    try:
        lock = WorkerLock(folder)
    except OSError as error:
        log.error("%s cannot be trained: %s", folder, reason(error))
        return REFUSED
    if not lock.acquire():
        log.error("another worker trains this run")
        return REFUSED
    stop.take_up(read_request(folder))
    watch = Watch(lock, partial(_vanish, folder, leave, log))
    try:
        return train(stop, lock)
    finally:
        watch.end()
        lock.release()
        _hand_over(folder, log)


def _vanish(folder: Path, leave: Callable[[int], object], log: logging.Logger) -> None:
    log.error("ended: the run's folder or lock was removed, moved or replaced")
    try:
        _hand_over(folder, log)
    finally:
        leave(GONE)


def _hand_over(folder: Path, log: logging.Logger) -> None:
    """Leaves a keeper behind where runs wait: it starts the next once this process is gone."""
    try:
        keeper.launch_if_needed(folder)
    except OSError as error:
        log.warning("the next run in the queue could not be started: %s", error)
