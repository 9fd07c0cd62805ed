"""Starting and resuming trainings: one at a time on each device, the others wait in a queue."""

import contextlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from builder.network.architecture import Architecture
from builder.runs.run_folder import Run, list_runs, read
from builder.runs.run_state import LOG, RunState, is_locked, is_starting, read_state, write_state
from builder.scheduler import launcher, queue, resuming
from builder.scheduler.new_run import new_run
from builder.system.devices import Device, devices, resolved
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError
from builder.system.locks import WAIT_SECONDS, BusyError
from builder.training.settings import TrainingSettings


def begin(
    home: Path,
    architecture: Architecture,
    settings: TrainingSettings,
    document_id: str,
    machine: Sequence[Device],
) -> Run:
    """Makes a new run and starts it, or lets it wait where its device is taken.

    Args:
        home: The data folder.
        architecture: The network, which has no errors.
        settings: How it is trained.
        document_id: The document that it comes from.
        machine: The devices of this machine.

    Raises:
        BuilderError: The network or the settings cannot be trained.
        OSError: The disk is full, or the process cannot be started; no run is left behind.
    """
    with queue.locked(home):
        run = new_run(home, architecture, settings, document_id)
        try:
            _start_or_wait(home, run, machine)
        except OSError:
            shutil.rmtree(run.folder, ignore_errors=True)
            raise
        return read(run.folder)


def go_on(
    home: Path,
    run: Run,
    machine: Sequence[Device],
    *,
    more_epochs: int = 0,
    learning_rate: float | None = None,
) -> Run:
    """Resumes a run from its newest checkpoint, or lets it wait where its device is taken.

    Args:
        home: The data folder.
        run: A run that stands still.
        machine: The devices of this machine.
        more_epochs: Epochs to add.
        learning_rate: From now on; None leaves it as it is.

    Raises:
        BuilderError: It cannot go on, or a value is out of range; nothing has changed.
        OSError: The disk is full, or the process cannot be started; it stands still as before.
    """
    with queue.locked(home):
        before = resuming.prepare(run, more_epochs=more_epochs, learning_rate=learning_rate)
        return _go_on(home, run, machine, before)


def resume_lost(home: Path, run: Run, machine: Sequence[Device]) -> bool:
    """Resumes a run whose process was lost, if its settings ask for that and it is the first time.

    Runs that wait for the same device go first.

    Args:
        home: The data folder.
        run: The run, as it was a moment ago.
        machine: The devices of this machine.

    Returns:
        Whether it was resumed.

    Raises:
        BuilderError: It cannot go on.
        OSError: The disk is full, or the process cannot be started; it stands still as before.
    """
    if not resuming.resumes_by_itself(run):
        return False
    with queue.locked(home):
        now = read(run.folder)
        if not resuming.resumes_by_itself(now):
            return False  # somebody else has done so
        before = resuming.prepare(now, by_itself=True)
        with (run.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(f"interrupted: {now.state.message}; resumed by itself\n")
        _go_on(home, now, machine, before)
        return True


def _go_on(home: Path, run: Run, machine: Sequence[Device], before: RunState) -> Run:
    """Starts a run that was made ready, or lets it wait; what fails leaves it as it was."""
    try:
        _start_or_wait(home, read(run.folder), machine, before)
    except OSError:
        with contextlib.suppress(OSError):
            write_state(run.folder, before)
        raise
    return read(run.folder)


def start_next(
    home: Path, machine: Sequence[Device] | None = None, *, patience: float = WAIT_SECONDS
) -> None:
    """Starts the runs that wait for a device which is free now.

    They go on waiting where somebody else keeps the queue for too long: the next look starts them.

    Args:
        home: The data folder.
        machine: The devices of this machine; None looks for them.
        patience: Seconds that the queue is waited for.
    """
    if not queue.anybody_waits(home):
        return
    found = devices() if machine is None else machine
    with contextlib.suppress(BusyError), queue.locked(home, patience):
        for run in startable(list_runs(home), found):
            _start_waiting(home, run)


def startable(runs: Sequence[Run], machine: Sequence[Device]) -> list[Run]:
    """The runs that wait for a device which is free: of each device the first.

    Args:
        runs: All that are active, at least.
        machine: The devices of this machine.
    """
    taken = {_device(run, machine) for run in runs if _trains(run)}
    first: dict[str, Run] = {}
    for run in queue.waiting(runs):
        first.setdefault(_device(run, machine), run)
    return [run for device, run in first.items() if device not in taken]


def occupant(runs: Iterable[Run], device: str, machine: Sequence[Device]) -> Run | None:
    """The run that trains on a device, if any.

    Args:
        runs: All runs.
        device: As in the settings; `auto` means what the training would choose.
        machine: The devices of this machine.
    """
    wanted = resolved(device, machine)
    return next((run for run in runs if _trains(run) and _device(run, machine) == wanted), None)


def _start_or_wait(
    home: Path, run: Run, machine: Sequence[Device], before: RunState | None = None
) -> None:
    """Needs the queue's lock. Whoever came earlier for the same device goes first."""
    runs = list_runs(home)
    device = _device(run, machine)
    others = [other for other in runs if _trains(other) or queue.is_waiting(other)]
    if any(_device(other, machine) == device for other in others):
        queue.join(home, run, before)
    else:
        launcher.start(run, partial(start_next, home))
    queue.tell(home)


def _start_waiting(home: Path, run: Run) -> None:
    """Starts a run from the queue; one that cannot be started says why and lets the next come."""
    try:
        launcher.start(run, partial(start_next, home))
    except (BuilderError, OSError, ValueError) as error:  # its script may be none
        message = f"It could not be started: {reason(error)}"
        state = replace(read_state(run.folder), state="failed", message=message)
        with contextlib.suppress(OSError):
            write_state(run.folder, state)
    queue.leave(run)
    queue.tell(home)


def _device(run: Run, machine: Sequence[Device]) -> str:
    return resolved(run.settings.device, machine) if run.settings else run.state.device


def _trains(run: Run) -> bool:
    """Whether a process works on it: one that was made and never started takes no device."""
    return run.is_active and (is_locked(run.folder) or is_starting(run.folder))
