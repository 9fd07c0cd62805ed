"""The process of a worker: its lock, its signals, its log, and what comes after it."""

import faulthandler
import logging
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from builder.runs.requests import read_request
from builder.runs.run_folder import current_settings, read
from builder.runs.silent_end import GONE
from builder.runs.status import RunStatus
from builder.runs.stop_request import StopRequest
from builder.runs.worker_lock import Watch, WorkerLock
from builder.scheduler import keeper
from builder.system.disk_errors import reason
from builder.worker.leaving import leave
from builder.worker.session import Session

log = logging.getLogger("convstack.worker")


def main(arguments: Sequence[str], rehearsal: Any = None) -> int:
    """Trains the run whose folder is the only argument.

    Args:
        arguments: Of the command line.
        rehearsal: What this process has prepared for a run that might come, if anything.

    Returns:
        0 when finished, 75 when stopped on request, 1 when failed, 2 for wrong usage.
    """
    _set_up_log()
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        log.error("usage: python -m builder.worker RUN_FOLDER")
        return 2
    folder = Path(arguments[0]).absolute()
    stop = StopRequest()
    stop.listen()
    try:
        os.chdir(folder)  # Keras creates missing folders, but not its working directory
        lock = WorkerLock(folder)
    except OSError as error:
        log.error("%s cannot be trained: %s", folder, reason(error))
        return 1
    if not lock.acquire():
        log.error("another worker trains this run")
        return 1
    stop.take_up(read_request(folder))
    watch = Watch(lock, partial(_vanish, folder))
    try:
        return _train(folder, stop, rehearsal, lock)
    finally:
        watch.end()
        lock.release()
        _hand_over(folder)


def _vanish(folder: Path) -> None:
    """Ends this process: its run is gone, and its results would have no place."""
    log.error("ended: the run's folder or lock was removed, moved or replaced")
    try:
        _hand_over(folder)
    finally:
        leave(GONE)


def _train(folder: Path, stop: StopRequest, rehearsal: Any, lock: WorkerLock) -> int:
    run = read(folder)
    settings = current_settings(run)
    if settings is None or run.state.state != RunStatus.QUEUED:
        log.error("not started: the run is %s. %s", run.state.state, run.state.message)
        return 1
    return Session(run, settings, stop, rehearsal, lock.check).run()


def _hand_over(folder: Path) -> None:
    """Leaves a keeper behind where runs wait: it starts the next once this process is gone."""
    try:
        keeper.launch_if_needed(folder)
    except OSError as error:
        log.warning("the next run in the queue could not be started: %s", error)


def _set_up_log() -> None:
    faulthandler.enable()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
