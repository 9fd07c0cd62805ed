"""Training a network: the check before the start, start, resume, pause and stop.

`preflight` collects what is known before anything happens; `start` and `resume` begin a training or
put it into the queue; `end` pauses or stops it in any state. `builder.scheduler.starting` starts
the runs that wait in the queue.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from builder.checks.finding import Finding
from builder.checks.readiness import readiness
from builder.checks.speeds import step_of
from builder.checks.time_estimate import TimeEstimate, estimate_time
from builder.checks.training_check import Check
from builder.codegen.keras.script import to_script
from builder.datasets.availability import Availability
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs.run_folder import Run, RunError, current_settings, list_runs, read
from builder.runs.status import RunStatus
from builder.runs.trained_network import trained_network
from builder.scheduler import launcher, queue, starting, warm
from builder.scheduler.memory_check import memory_obstacle, when_its_turn_comes
from builder.scheduler.occupancy import occupant
from builder.scheduler.rehearsing import is_worth_rehearsing
from builder.scheduler.resuming import has_checkpoint
from builder.system.devices import Device, resolved
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings


@dataclass(frozen=True)
class Preflight:
    """What is known about a training before it starts.

    Attributes:
        architecture: The network.
        settings: How it is trained.
        check: What stands in its way.
        time: How long it will take; None where that is not known, or where it cannot start.
        machine: The devices as the training will find them: without the run that it waits for;
            none where a cluster trains.
        occupant: The run that trains on its device, so that it has to wait; None where it is free.
    """

    architecture: Architecture
    settings: TrainingSettings
    check: Check
    time: TimeEstimate | None
    machine: Sequence[Device]
    occupant: Run | None

    def may_start(self, *, force: bool = False) -> bool:
        """Whether nothing stands in its way; with `force`, nothing except an estimate."""
        return self.check.ok or (force and self.check.can_be_forced)


@dataclass(frozen=True)
class Resumption:
    """The result of resuming a run.

    Attributes:
        run: The run as it is now.
        obstacle: Why it was left as it was; None where it goes on or waits for its device.
        time: How long the rest will take; None where that is not known.
    """

    run: Run
    obstacle: Finding | None = None
    time: TimeEstimate | None = None


class Ending(StrEnum):
    """The result of ending a run."""

    ASKED = "asked"
    """Its worker ends after the present batch, or was killed."""
    LEFT_QUEUE = "left_queue"
    """It waited, and was taken out of the queue."""
    NOT_ACTIVE = "not_active"
    """It neither trained nor waited."""


def preflight(
    home: Path,
    architecture: Architecture,
    settings: TrainingSettings,
    machine: Sequence[Device],
    runs: Sequence[Run],
    reach: Availability | None,
) -> Preflight:
    """Collects what is known before a training starts; changes nothing.

    Args:
        home: The data folder.
        architecture: The network.
        settings: How it is trained.
        machine: The devices of this machine as they are now.
        runs: All runs.
        reach: Whether the data are available; None where that was not checked.
    """
    inference = infer(architecture)
    busy = occupant(runs, settings.place, machine)
    if not settings.is_local:  # nothing is known about the machine that will train it
        check = readiness(inference, settings)
        return Preflight(architecture, settings, check, None, (), busy)
    ready = when_its_turn_comes(machine, runs, settings.device)
    check = readiness(inference, settings, reach, ready)
    can_start = check.ok or check.can_be_forced
    time = estimate_time(home, inference, settings, ready) if can_start else None
    return Preflight(architecture, settings, check, time, ready, busy)


def make_ready(flight: Preflight, *, rehearse: bool) -> None:
    """Has a worker wait for a training that may be started soon, unless its device is taken.

    Args:
        flight: What is known about the training.
        rehearse: Whether the worker also does the first step in advance, if that costs little.
    """
    settings, inference = flight.settings, infer(flight.architecture)
    if flight.occupant is not None or not settings.is_local:
        return
    environment = launcher.environment(settings.device, breaks_onednn=inference.breaks_onednn)
    warm.workers.prepare(environment)
    if rehearse and is_worth_rehearsing(inference, settings, flight.machine):
        step = step_of(inference, settings, resolved(settings.device, flight.machine))
        warm.workers.rehearse(environment, to_script(flight.architecture, settings), step)


@explained("the run cannot be started", "no run was made")
def start(home: Path, flight: Preflight, document_id: str = "", *, force: bool = False) -> Run:
    """Starts a new run, or lets it wait where its device is taken.

    Args:
        home: The data folder.
        flight: The training; whoever calls this has seen whether it may start.
        document_id: The document that it comes from; empty for none.
        force: Starts it even where its memory seems too little when its turn comes; implied where
            the check says so already.

    Raises:
        BuilderError: The network cannot be trained so, or the disk is full; no run was made.
    """
    return starting.begin(
        home,
        flight.architecture,
        flight.settings,
        document_id,
        flight.machine,
        force=force or not flight.check.ok,
    )


def resume(
    home: Path,
    run: Run,
    machine: Sequence[Device],
    *,
    more_epochs: int = 0,
    learning_rate: float | None = None,
    run_on: str | None = None,
    force: bool = False,
) -> Resumption:
    """Resumes a run from its newest checkpoint, or lets it wait where its device is taken.

    Args:
        home: The data folder.
        run: A run that stands still.
        machine: The devices of this machine.
        more_epochs: Epochs to add.
        learning_rate: From now on; None leaves it as it is.
        run_on: Where it goes on, as in the setting; None for where it was.
        force: Resumes it although the memory seems to be too little.

    Raises:
        BuilderError: It cannot go on, a value is out of range, or the disk is full; nothing has
            changed.
    """
    obstacle = None if force else memory_obstacle(run, list_runs(home), machine, run_on=run_on)
    if obstacle is not None:
        return Resumption(run, obstacle)
    with explained("the run cannot be started", "nothing has changed"):
        done = _epochs_done(run)
        gone_on = starting.go_on(
            home,
            run,
            machine,
            more_epochs=more_epochs,
            learning_rate=learning_rate,
            run_on=run_on,
            force=force,
        )
        return Resumption(gone_on, time=_time_left(home, gone_on, machine, done))


def _epochs_done(run: Run) -> float:
    """How many epochs of a run that stands still are not trained again."""
    if not has_checkpoint(run):
        return 0.0
    if run.state.state == RunStatus.FINISHED:  # before its last epoch, perhaps
        return run.state.epoch
    return run.state.progress * run.state.epochs


def _time_left(home: Path, run: Run, machine: Sequence[Device], done: float) -> TimeEstimate | None:
    """How long a run takes from here, with so many epochs done."""
    settings = current_settings(run)
    if settings is None:
        return None
    try:
        inference = infer(trained_network(run.folder))
    except BuilderError:  # its worker says more of it
        return None
    left = max(settings.epochs - done, 0.0)
    return estimate_time(home, inference, settings, machine, epochs=left)


def end(home: Path, run: Run, *, pause: bool = False, at_once: bool = False) -> Ending:
    """Pauses or stops a run wherever it stands: it trains, was started a moment ago, or waits.

    Args:
        home: The data folder.
        run: The run.
        pause: Whether the person means to resume it.
        at_once: Kills its worker; what came after the last checkpoint is lost.

    Raises:
        BuilderError: It cannot be asked.
    """
    with explained(f"{run.name} cannot be asked to end", "try it again"):
        # Killing a worker must not wait for the lock, which that very worker may hold.
        lock = contextlib.nullcontext() if at_once else queue.locked(home)
        with lock:  # by now it was started or queued
            waits = queue.is_waiting(read(run.folder))
        if waits:
            try:
                queue.take_out(home, run)
            except RunError:  # its turn has come in the meantime
                pass
            else:
                return Ending.LEFT_QUEUE
        asked = launcher.pause(run) if pause else launcher.stop(run, force=at_once)
    return Ending.ASKED if asked else Ending.NOT_ACTIVE
