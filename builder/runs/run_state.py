"""The state of a run: what its worker writes, and what its lock tells once the worker is gone."""

import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from builder.runs.json_files import UNREADABLE, describe_damage, read_values, write_values
from builder.runs.process_file import ENDED_ON_REQUEST, PROCESS, read_process
from builder.runs.requests import read_request
from builder.runs.silent_end import describe_end
from builder.runs.status import ACTIVE, RunStatus
from builder.runs.ticket_file import TICKET, read_ticket
from builder.system import locks
from builder.system.errors import BuilderError, FormatError, Words, shown
from builder.system.formats import Format, NewerVersionError, declare
from builder.system.load import Load
from builder.system.owner import boot_id
from builder.system.worker_process import is_worker_of

CONFIG = "config.json"
STATE = "state.json"
STATE_FORMAT = declare(Format("state of a run", (f"runs/*/{STATE}",)))
SCRIPT = "train.py"
ARCHITECTURE = "architecture.json"
LOCK = "worker.lock"
LOG = "log.txt"
MODEL = "model.keras"
BEST = "best.keras"
HISTORY = "history.csv"
PREDICTIONS = "predictions.csv"
CHECKPOINTS = "checkpoints"

Whole = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Real = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Seconds = Annotated[float, Field(ge=0, le=10**11, allow_inf_nan=False, strict=True)]
"""The numbers that a run's files may hold: those that can be calculated with."""

PAUSE_SIGNAL = getattr(signal, "SIGUSR1", signal.SIGTERM)  # Windows has no SIGUSR1
"""Asks a worker for a pause, as SIGTERM asks it for a stop."""


@dataclass(frozen=True, slots=True)
class _Results:
    """The results that the state of an ended run may hold."""

    monitor: str = ""
    best: Real | None = None
    best_epoch: Whole = 0
    final: Mapping[str, Real | None] = field(default_factory=dict[str, Real | None])
    seconds: Real = 0.0
    test: Mapping[str, Real | None] | None = None


def _status(state: object) -> RunStatus:
    try:
        return RunStatus(state)
    except ValueError:
        names = ", ".join(sorted(RunStatus))
        raise ValueError(f"received {shown(state)}, expected one of {names}") from None


_RESULTS = TypeAdapter(_Results)


def _check_results(results: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        _RESULTS.validate_python(results)
    except ValidationError as error:
        raise ValueError(describe_damage(error)) from None
    return results


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run is.

    Attributes:
        state: What it is doing, or how it ended.
        message: What went wrong, if anything did, as a clause without a period. Runs of earlier
            versions have the advice in it.
        advice: What to do about it, or what is still whole; may be empty.
        stage: What is going on, in words, such as "loading data".
        preparing: What the first batch waits for, in words: tracing or compiling the step; empty
            once that is done.
        epoch: The epoch in progress, counted from 1; 0 before the first.
        epochs: How many were asked for.
        batch: Batches done in this epoch.
        batches: Batches in an epoch.
        device: The device that it runs on, as Keras reports it.
        started: When it began first, in seconds since 1970, as are the next two; None where it has
            not happened.
        updated: When the worker last wrote this.
        finished: When it ended, however it ended.
        seconds: How long it has been trained, without pauses, by a monotonic clock.
        session: How often it was started, so that readers notice when it is resumed.
        auto_resumes: How often it was resumed automatically since a person started or resumed it.
        forced: Whether a person insists on training it although its memory seems too little.
        images_per_second: Over the last seconds.
        eta_seconds: The remaining seconds.
        load: What it takes of its machine, measured every two seconds; once it has ended, the last
            figures.
        results: `best_epoch`, `monitor`, `best`, `final` (metrics) and `seconds`, at the end.
    """

    state: Annotated[RunStatus, BeforeValidator(_status)]
    message: str = ""
    advice: str = ""
    stage: str = ""
    preparing: str = ""
    epoch: Whole = 0
    epochs: Whole = 0
    batch: Whole = 0
    batches: Whole = 0
    device: str = ""
    started: Seconds | None = None
    updated: Seconds | None = None
    finished: Seconds | None = None
    seconds: Seconds = 0.0
    session: Whole = 0
    auto_resumes: Whole = 0
    forced: bool = False
    images_per_second: Real | None = None
    eta_seconds: Seconds | None = None
    load: Load | None = None
    results: Annotated[Mapping[str, Any], AfterValidator(_check_results)] = field(
        default_factory=dict[str, Any]
    )

    @property
    def is_active(self) -> bool:
        """Whether it may still change by itself."""
        return self.state in ACTIVE

    @property
    def why(self) -> Words:
        """What went wrong, if anything did, and what to do about it."""
        return Words(self.message, self.advice)

    @property
    def progress(self) -> float:
        """The share of all batches that is done, 0 to 1."""
        if self.state == RunStatus.FINISHED:
            return 1.0
        if self.epoch < 1 or self.epochs < 1:
            return 0.0
        return min((self.epoch - 1 + self.batch / max(self.batches, 1)) / self.epochs, 1.0)

    def values(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return _STATE.dump_python(self, mode="json")


_STATE = TypeAdapter(RunState)


def read_state(folder: Path) -> RunState:
    """Reads the state of a run, even if its process is gone or its file is damaged."""
    state = _stored_state(folder)
    if not state.is_active or is_locked(folder):
        return state
    if state.state == RunStatus.QUEUED and not (folder / PROCESS).exists():
        return _newer_ticket(folder) or state
    if state.state == RunStatus.QUEUED and is_starting(folder):
        return replace(state, state=read_request(folder) or state.state)
    state = _stored_state(folder)  # it may have ended properly in the meantime
    if not state.is_active or is_locked(folder):
        return state
    message, advice = _why_lost(folder)
    return replace(
        state,
        state=RunStatus.LOST,
        stage="",
        eta_seconds=None,
        message=message,
        advice=advice,
    )


def _newer_ticket(folder: Path) -> RunState | None:
    """The state `newer`, where a later version of Convstack has put the run into its queue."""
    try:
        read_ticket(folder)
    except NewerVersionError as error:
        return unreadable(TICKET, error)
    return None


def _why_lost(folder: Path) -> Words:
    """Says what is known about a worker that ended without a word."""
    try:
        process = read_process(folder)
    except UNREADABLE:
        process = {}
    if process.get(ENDED_ON_REQUEST):
        return Words("ended at once, as was asked", "what came after its last checkpoint is lost")
    code = process.get("exit")
    if code is None and process.get("boot", boot_id()) != boot_id():
        return Words("the machine was restarted", "what was saved before is whole")
    log = log_tail(folder) if code == -signal.SIGABRT else ""  # of the others it says no more
    end = describe_end(code if isinstance(code, int) else None, log)
    return Words(f"the training process {end.message}", end.fix)


def log_tail(folder: Path, max_bytes: int = 20_000) -> str:
    """The end of the log, without terminal color codes."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - max_bytes))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
    text = re.sub(r"[^\n]*\r", "", text)  # a progress bar overwrites its line: keep the last
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


def is_locked(folder: Path) -> bool:
    """Whether a worker lives, that is, whether its lock is held."""
    return locks.is_locked(folder / LOCK)


def worker_pid(folder: Path) -> int | None:
    """The process id that the living worker has written to its lock; None where none lives."""
    if not is_locked(folder):
        return None
    try:
        pid = int((folder / LOCK).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pid if is_worker_of(pid, folder) else None


def living_pid(folder: Path) -> int | None:
    """The process of a run, even if it was started only a moment ago; None if there is none."""
    return worker_pid(folder) or starting_pid(folder)


def write_state(folder: Path, state: RunState) -> None:
    """Replaces the state file of a run.

    Raises:
        OSError: It cannot be written.
    """
    write_values(folder / STATE, STATE_FORMAT, state.values())


def unreadable(name: str, error: Exception) -> RunState:
    """The state of a run with a file that cannot be read, with the reason."""
    state = RunStatus.NEWER if isinstance(error, NewerVersionError) else RunStatus.DAMAGED
    is_told = isinstance(error, BuilderError)
    why, advice = error.problem.words if is_told else Words(describe_damage(error))
    return RunState(state, message=f"{name} cannot be read: {why}", advice=advice)


def stored_state(values: object) -> RunState | None:
    """Parses a state that was kept in another file of a run; None for anything else."""
    if not isinstance(values, dict):
        return None
    try:
        return _STATE.validate_python(STATE_FORMAT.current(cast("dict[str, Any]", values)))
    except (ValidationError, FormatError):
        return None


def _stored_state(folder: Path) -> RunState:
    try:
        return _STATE.validate_python(read_values(folder / STATE, STATE_FORMAT))
    except UNREADABLE as error:
        return unreadable(STATE, error)


def is_starting(folder: Path) -> bool:
    """Whether the process that was started for a run lives, even if it has no lock yet."""
    return starting_pid(folder) is not None


def starting_pid(folder: Path) -> int | None:
    """The process that was started for a run; None where it is gone, or from an earlier boot."""
    try:
        process = read_process(folder)
        pid = int(process["pid"])
    except (*UNREADABLE, KeyError, TypeError, OverflowError):
        return None
    same_boot = process.get("boot", boot_id()) == boot_id()
    return pid if same_boot and is_worker_of(pid, folder) else None
