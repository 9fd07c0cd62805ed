"""Starting and resuming trainings: one at a time on each device, the others wait in a queue."""

import contextlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from builder.network.architecture import Architecture
from builder.runs.live_runs import live_runs
from builder.runs.run_folder import Run, read
from builder.runs.run_state import LOG, RunState, read_state, write_state
from builder.runs.status import RunStatus
from builder.scheduler import launcher, queue, resuming
from builder.scheduler.memory_check import memory_obstacle
from builder.scheduler.new_run import new_run
from builder.scheduler.occupancy import device_of, is_taken, startable
from builder.system.devices import Device, devices
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError, Words
from builder.system.locks import WAIT_SECONDS, BusyError
from builder.training.settings import TrainingSettings

_WHEN_TOO_LARGE = "start a smaller training, or resume this one when more memory is free"


def begin(
    home: Path,
    architecture: Architecture,
    settings: TrainingSettings,
    document_id: str,
    machine: Sequence[Device],
    *,
    force: bool = False,
) -> Run:
    """Makes a new run and starts it, or lets it wait where its device is taken.

    Args:
        home: The data folder.
        architecture: The network, which has no errors.
        settings: How it is trained.
        document_id: The document that it comes from.
        machine: The devices of this machine.
        force: Whether to start it even where its memory seems too little when its turn comes.

    Raises:
        BuilderError: The network or the settings cannot be trained.
        OSError: The disk is full, or the process cannot be started; no run is left behind.
    """
    with queue.locked(home):
        run = new_run(home, architecture, settings, document_id)
        try:
            if force:
                write_state(run.folder, replace(run.state, forced=True))
            _start_or_wait(home, run, machine)
        except OSError:
            shutil.rmtree(run.folder, ignore_errors=True)
            raise
        return read(run.folder)


def begin_if_free(
    home: Path,
    make: Callable[[], Run],
    device: str,
    machine: Sequence[Device],
) -> Run | None:
    """Makes a run and starts it, if its device is free and no other run waits for that.

    Args:
        home: The data folder.
        make: Makes the run.
        device: Where it is to train, as in its settings.
        machine: The devices of this machine.

    Returns:
        None where the device is taken; nothing was made then.

    Raises:
        BuilderError: The run cannot be made.
        OSError: The disk is full, or the process cannot be started; no run is left behind.
    """
    with queue.locked(home):
        runs = live_runs(home)
        if is_taken(runs, device, machine, leaving_too=True):
            return None
        run = make()
        try:
            launcher.start(run, partial(start_next, home))
        except OSError:
            shutil.rmtree(run.folder, ignore_errors=True)
            raise
        queue.tell(home)
        return read(run.folder)


def go_on(
    home: Path,
    run: Run,
    machine: Sequence[Device],
    *,
    more_epochs: int = 0,
    learning_rate: float | None = None,
    run_on: str | None = None,
    force: bool = False,
) -> Run:
    """Resumes a run from its newest checkpoint, or lets it wait where its device is taken.

    Args:
        home: The data folder.
        run: A run that stands still.
        machine: The devices of this machine.
        more_epochs: Epochs to add.
        learning_rate: From now on; None leaves it as it is.
        run_on: Where it goes on, as in the setting; None for where it was.
        force: Whether to start it even where its memory seems too little when its turn comes.

    Raises:
        BuilderError: It cannot go on, or a value is out of range; nothing has changed.
        OSError: The disk is full, or the process cannot be started; it stands still as before.
    """
    with queue.locked(home):
        before = resuming.prepare(
            run,
            more_epochs=more_epochs,
            learning_rate=learning_rate,
            run_on=run_on,
            force=force,
        )
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
            return False  # another process has done so
        before = resuming.prepare(now, by_itself=True)
        with (run.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(f"interrupted: {now.state.message}; resumed automatically\n")
        _go_on(home, now, machine, before)
        return True


def _go_on(home: Path, run: Run, machine: Sequence[Device], before: RunState) -> Run:
    """Starts a prepared run or lets it wait; if that fails, it stays as it was."""
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

    A run that needs more memory than is free says so and lets the next one start. The runs go on
    waiting where another process holds the queue for too long: the next look starts them.

    Args:
        home: The data folder.
        machine: The devices of this machine; None looks for them.
        patience: Seconds to wait for the queue.
    """
    if not queue.anybody_waits(home):
        return
    look = devices if machine is None else lambda: machine
    with contextlib.suppress(BusyError), queue.locked(home, patience):
        _start_ready(home, look)


def _start_ready(home: Path, look: Callable[[], Sequence[Device]]) -> None:
    """Starts one run on each free device. Needs the queue's lock.

    Args:
        home: The data folder.
        look: Gives the devices of this machine as they are now.
    """
    started: set[str] = set()
    while True:
        runs, machine = live_runs(home), look()
        ready = [run for run in startable(runs, machine) if device_of(run, machine) not in started]
        if not ready:
            return
        for run in ready:
            # Its device may have become free since, so what is free is looked at anew.
            if _start_waiting(home, run, runs, look()):
                started.add(device_of(run, machine))


def _start_or_wait(
    home: Path, run: Run, machine: Sequence[Device], before: RunState | None = None
) -> None:
    """Needs the queue's lock. Runs that came earlier for the same device go first."""
    if is_taken(live_runs(home), device_of(run, machine), machine):
        queue.join(home, run, before)
    else:
        launcher.start(run, partial(start_next, home))
    queue.tell(home)


def _start_waiting(home: Path, run: Run, runs: Sequence[Run], machine: Sequence[Device]) -> bool:
    """Starts a run from the queue; one that cannot be started says why and leaves the queue.

    Returns:
        Whether it was started.
    """
    is_started = False
    try:
        obstacle = memory_obstacle(run, runs, machine)
        if obstacle is None:
            launcher.start(run, partial(start_next, home))
            is_started = True
        else:
            _fail(run, Words(f"it was not started: {obstacle.message}", _WHEN_TOO_LARGE))
    except BuilderError as error:
        _fail(run, Words(f"it could not be started: {error.message}", error.fix))
    except (OSError, ValueError) as error:  # its script may be damaged
        _fail(run, Words(f"it could not be started: {reason(error)}"))
    queue.leave(run)
    queue.tell(home)
    return is_started


def _fail(run: Run, said: Words) -> None:
    failed = replace(read_state(run.folder), state=RunStatus.FAILED, stage="")
    state = replace(failed, message=said.message, advice=said.fix)
    with contextlib.suppress(OSError):
        write_state(run.folder, state)
