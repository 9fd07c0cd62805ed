"""The process of a worker: its log, its run, and the session that trains it."""

import faulthandler
import logging
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from builder.runs.run_folder import current_settings, read
from builder.runs.status import RunStatus
from builder.runs.stop_request import StopRequest
from builder.runs.worker_lock import WorkerLock
from builder.scheduler.holding import hold
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
    return hold(folder, partial(_train, folder, rehearsal), leave, log)


def _train(folder: Path, rehearsal: Any, stop: StopRequest, lock: WorkerLock) -> int:
    os.chdir(folder)  # Keras creates missing folders, but not its working directory
    run = read(folder)
    settings = current_settings(run)
    if settings is None or run.state.state != RunStatus.QUEUED:
        log.error("not started: the run is %s. %s", run.state.state, run.state.message)
        return 1
    return Session(run, settings, stop, rehearsal, lock.check).run()


def _set_up_log() -> None:
    faulthandler.enable()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
