"""Starts, stops and follows runs. A run's process outlives the one that started it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from builder.runs import requests, run_folder, run_state
from builder.runs.json_files import UNREADABLE
from builder.runs.process_file import ENDED_ON_REQUEST, PROCESS, read_process, write_process
from builder.runs.run_folder import Run, RunError, current_settings
from builder.runs.run_state import LOG, SCRIPT, RunState
from builder.runs.status import RunStatus
from builder.scheduler import forking, hosts, warm
from builder.system import devices
from builder.system.detached import python_path
from builder.system.disk_errors import reason
from builder.system.out_of_memory import WORKER, expose
from builder.system.owner import boot_id
from builder.system.worker_process import HOST_MODULE, MODULE, handed_on, is_suspended
from builder.training import onednn
from builder.training.counts import data_counts
from builder.training.settings import TrainingSettings

# glibc returns the memory of each batch to the system when it is freed, and a CPU spends half of a
# small network's epoch on allocating it again; so glibc is told to keep this much of each heap.
_KEPT_BYTES = 256 << 20
_starting = threading.Lock()


def create_run(
    home: Path,
    document_id: str,
    name: str,
    architecture_json: str,
    script: str,
    settings: TrainingSettings,
    facts: Mapping[str, Any],
) -> Run:
    """Makes a run's folder, ready to be started.

    Args:
        home: The folder that holds `runs/`.
        document_id: The document that the run is started from.
        name: Of the architecture.
        architecture_json: The document as it is now.
        script: The exported script that will be run.
        settings: What is asked for.
        facts: What the caller knows about the model, such as `params`; facts about the data are
            added.

    Raises:
        BuilderError: The settings name no data set that can be trained on, or a cluster that
            cannot train it.
    """
    hosts.require(settings)
    counts = data_counts(settings)
    return run_folder.create(
        home,
        name=name,
        document_id=document_id,
        architecture_json=architecture_json,
        script=script,
        settings=settings,
        facts={
            "train_images": counts.train_images,
            "val_images": counts.val_images,
            "batches_per_epoch": counts.batches_per_epoch,
            **facts,
        },
    )


def start(run: Run, ended: Callable[[], object] | None = None) -> int:
    """Starts a run's worker in its own session and returns its process id.

    Args:
        run: Its state is `queued`.
        ended: Called from a separate thread when the worker has ended, unless this process ends
            first.

    Raises:
        RunError: The run is damaged, or was started before.
        OSError: The process cannot be started.
    """
    if run.settings is None:
        raise RunError(f"run {run.id}: {run.state.message}", "start a new run")
    settings = current_settings(run) or run.settings
    hosts.require(settings)
    script = (run.folder / SCRIPT).read_text(encoding="utf-8")
    variables = environment(settings.device, breaks_onednn=onednn.WITHOUT_ONEDNN in script)
    with _starting, (run.folder / LOG).open("ab") as log:
        if run_state.read_state(run.folder).state != RunStatus.QUEUED or _was_started(run.folder):
            raise RunError(f"run {run.id} was started before", "resume it, or start a new run")
        task = (run.folder, variables, run.folder / LOG)
        ready = None
        if settings.is_local:
            ready = forking.workers.take(*task) or warm.workers.take(*task)
        module = MODULE if settings.is_local else HOST_MODULE
        process = ready or subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(run.folder)],
            cwd=run.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        expose(process.pid, WORKER)
        started = {"pid": process.pid, "started": time.time(), "boot": boot_id()}
        write_process(run.folder, started)

    def wait() -> None:
        # Without a wait the ended process would stay in the process table.
        code = process.wait()
        with contextlib.suppress(*UNREADABLE):  # deleted, or the disk is full
            noted = read_process(run.folder)
            if noted.items() >= started.items():  # it was not started once more since
                write_process(run.folder, noted | {"exit": code})
        if ended is not None:
            ended()

    threading.Thread(target=wait, name=f"wait {run.id}", daemon=True).start()
    return process.pid


def stop(run: Run, *, force: bool = False) -> bool:
    """Asks a run's worker to save a checkpoint at the next batch and to end.

    Args:
        run: The run.
        force: Kill it at once instead; what came after the last checkpoint is lost.

    Returns:
        Whether there was a worker to ask.

    Raises:
        RunError: The request cannot be written.
    """
    if not force:
        return _ask(run, pause=False)
    with contextlib.suppress(*UNREADABLE):
        write_process(run.folder, read_process(run.folder) | {ENDED_ON_REQUEST: True})
    pid = run_state.living_pid(run.folder)
    return pid is not None and _signal(pid, signal.SIGKILL)


def pause(run: Run) -> bool:
    """Asks a run's worker for the same as `stop`, for a person who means to resume it.

    Returns:
        Whether there was a worker to ask.

    Raises:
        RunError: The request cannot be written.
    """
    return _ask(run, pause=True)


def suspended_pid(run: Run) -> int | None:
    """The process of a run if it is suspended and cannot react; otherwise None."""
    pid = run_state.living_pid(run.folder)
    return pid if pid is not None and is_suspended(pid) else None


def _ask(run: Run, *, pause: bool) -> bool:
    """Leaves a request for a worker that does not listen yet, and signals one that does."""
    begun = _was_started(run.folder) or run_state.is_locked(run.folder)
    if not begun or not run_state.read_state(run.folder).is_active:
        return False
    try:
        requests.leave(run.folder, pause=pause)
        failed = None
    except OSError as error:  # the disk is full: a worker that listens needs no file
        failed = error
    pid = run_state.worker_pid(run.folder)
    if pid is not None:
        return _signal(pid, run_state.PAUSE_SIGNAL if pause else signal.SIGTERM)
    if failed is not None:
        raise RunError(f"{run.name} cannot be asked to end: {reason(failed)}", "try it again")
    return True


def _signal(pid: int, number: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False


def follow(run: Run, *, interval: float = 0.2, timeout: float | None = None) -> Iterator[RunState]:
    """Yields a run's state whenever it changes, until it ends.

    Args:
        run: The run.
        interval: Seconds between looks.
        timeout: Seconds after which it gives up; None means never.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    last: RunState | None = None
    while True:
        state = run_state.read_state(run.folder)
        if last is None or replace(state, updated=last.updated) != last:
            yield state
            last = state
        if not state.is_active or (deadline is not None and time.monotonic() > deadline):
            return
        time.sleep(interval)


def _was_started(folder: Path) -> bool:
    return (folder / PROCESS).exists()


def environment(device: str, *, breaks_onednn: bool = False) -> dict[str, str]:
    """All variables of a worker.

    Args:
        device: As in the settings.
        breaks_onednn: Whether the network cannot be trained with TensorFlow's oneDNN kernels.
    """
    own = onednn.environment(os.environ, breaks_onednn=breaks_onednn)
    return {
        "TF_CPP_MIN_LOG_LEVEL": "1",
        "MALLOC_TOP_PAD_": str(_KEPT_BYTES),
        **handed_on(own, devices.VISIBLE),
        **devices.environment(device),
        "PYTHONPATH": python_path(),
        "PYTHONUNBUFFERED": "1",
    }
