"""Prepares a run that stands still for resuming from its checkpoint, with or without changes."""

import math
import time
from dataclasses import replace

from builder.runs import requests
from builder.runs.changes import Change, add_change
from builder.runs.process_file import PROCESS, was_ended_on_request
from builder.runs.requests import read_request
from builder.runs.run_folder import Run, RunError, current_settings, read
from builder.runs.run_state import CHECKPOINTS, RunState, write_state
from builder.runs.status import ACTIVE, RunStatus
from builder.runs.ticket_file import TICKET
from builder.scheduler import hosts
from builder.system.errors import BuilderError, FormatError

RESUMABLE = frozenset(RunStatus) - ACTIVE - {RunStatus.NEWER}
"""States from which a run can be resumed; of a damaged one, only the state may be unreadable."""


def may_go_on(run: Run) -> bool:
    """Whether a run can be started again; a finished one needs more epochs for that."""
    return run.settings is not None and (run.state.state in RESUMABLE or is_forgotten(run))


def is_forgotten(run: Run) -> bool:
    """Whether the process that made it ended before it was started or queued."""
    known = (run.folder / TICKET).exists() or (run.folder / PROCESS).exists()
    return run.state.state == RunStatus.QUEUED and not known


def resumes_by_itself(run: Run) -> bool:
    """Whether a lost run should be resumed without a person: once, if its settings ask for that."""
    return (
        run.settings is not None
        and run.settings.resume_if_lost
        and run.state.state == RunStatus.LOST
        and not run.state.auto_resumes
        and not read_request(run.folder)
        and not was_ended_on_request(run.folder)
    )


def has_checkpoint(run: Run) -> bool:
    """Whether it would go on from the middle; otherwise it starts over."""
    return (run.folder / CHECKPOINTS / "LATEST").exists()


def epochs_with(run: Run, more: int) -> int:
    """How many epochs a run has in total when some are added.

    A run that has finished, perhaps early, gets them on top of those it has trained.
    """
    settings = current_settings(run)
    asked = settings.epochs if settings else 0
    return (run.state.epoch if run.state.state == RunStatus.FINISHED else asked) + more


def prepare(
    run: Run,
    *,
    more_epochs: int = 0,
    learning_rate: float | None = None,
    run_on: str | None = None,
    force: bool = False,
    by_itself: bool = False,
) -> RunState:
    """Puts a run that stands still back into the state `queued` and records what changes.

    Args:
        run: The run.
        more_epochs: Epochs to add.
        learning_rate: From now on; None leaves it as it is.
        run_on: Where it goes on, as in the setting; None for where it was.
        force: Whether a person insists on it although its memory seems too little.
        by_itself: Whether it is resumed without a person.

    Returns:
        The state before, to go back to.

    Raises:
        BuilderError: It cannot go on, or a value is out of range; nothing has changed.
        OSError: The disk is full; nothing has changed.
    """
    run = read(run.folder)
    before = run.state
    settings = current_settings(run)
    if settings is None or not may_go_on(run):
        raise RunError(f"run {run.id} is {before.state}", "resume a run that stands still")
    if more_epochs < 0 or (before.state == RunStatus.FINISHED and not more_epochs):
        raise RunError(f"{run.name} has trained all its epochs", "ask for more epochs")
    epochs = epochs_with(run, more_epochs) if more_epochs else settings.epochs
    rate = settings.learning_rate if learning_rate is None else learning_rate
    if not math.isfinite(rate):
        raise RunError(f"learning_rate: received {rate}, expected a number", "choose another")
    place = settings.run_on if run_on is None else run_on
    values = {"epochs": epochs, "learning_rate": rate, "run_on": place}
    wanted = type(settings).create(settings.values() | values)
    hosts.require(wanted)
    if wanted != settings:
        change = Change(
            time=time.time(),
            epoch=before.epoch if before.state == RunStatus.FINISHED else max(before.epoch - 1, 0),
            batch=0 if before.state == RunStatus.FINISHED else before.batch,
            epochs=wanted.epochs if wanted.epochs != settings.epochs else None,
            learning_rate=rate if rate != settings.learning_rate else None,
            run_on=place if place != settings.run_on else None,
        )
        _note(run, change)
    (run.folder / PROCESS).unlink(missing_ok=True)
    requests.forget(run.folder)
    if by_itself:  # in both: a run that is taken out of the queue should not come back
        before = replace(before, auto_resumes=before.auto_resumes + 1)
    state = replace(
        before,
        auto_resumes=before.auto_resumes if by_itself else 0,
        forced=before.forced if by_itself else force,
        state=RunStatus.QUEUED,
        stage="waiting to start",
        message="",
        advice="",
        epochs=wanted.epochs,
        finished=None,
    )
    write_state(run.folder, state)
    return before


def _note(run: Run, change: Change) -> None:
    try:
        add_change(run.folder, change)
    except (ValueError, FormatError) as error:
        raise BuilderError(f"the changes of {run.name} cannot be read: {error}") from None
