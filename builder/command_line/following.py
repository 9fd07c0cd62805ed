"""Follows a run on the command line: its progress, its end, Ctrl+C."""

import contextlib
import signal
import threading
import time
from collections.abc import Generator, Iterator
from types import FrameType
from typing import Any, NoReturn

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from builder.actions.training import Ending, end
from builder.analysis.evaluation import load, one_class_only, one_class_words
from builder.analysis.prediction import class_names
from builder.command_line.shared import ERRORS, err, fail, out
from builder.runs.metrics import MetricsReader
from builder.runs.outcome import evaluated
from builder.runs.run_folder import Run, find, read
from builder.runs.run_state import PREDICTIONS, RunState
from builder.runs.status import RunStatus
from builder.scheduler import keeper, launcher, queue
from builder.scheduler.resuming import has_checkpoint
from builder.scheduler.starting import resume_lost, start_next
from builder.system.devices import devices
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError, Words
from builder.system.home import home

PATIENCE_SECONDS = 60.0
"""How long to wait for a run to end once it was asked to."""

_LOOK_SECONDS = 2.0
"""Seconds between two checks whether the turn of a waiting run has come."""


def attend(run: Run, *, detach: bool) -> None:
    """Follows a run to its end, or leaves it alone."""
    err.print(f"Run {run.id}")
    if queue.is_waiting(run):
        err.print("Its device is taken: it waits in the queue.")
    if detach:
        keeper.launch(home())
        out.print(run.id)
        return
    with _stopping_on_interrupt(run):
        state = _show_progress(run)
    if queue.anybody_waits(home()):  # behind other runs, which may not be followed by any process
        keeper.launch(home())
    _report(run, state)


def wait_for_end(run: Run, ending: Ending) -> None:
    """Waits for the end of a run that was asked to end; ends the program if it was not active."""
    if ending is Ending.LEFT_QUEUE:
        err.print(f"{run.id} is out of the queue.")
        return
    if ending is Ending.NOT_ACTIVE:
        fail(f"{run.id} is not training: it is {run.state.state}", ERRORS)
    err.print("Waiting for the end of this batch …")
    state = _wait(run)
    place = f" in epoch {state.epoch} of {state.epochs}" if state.epoch else ""
    err.print(f"{run.id} is {state.state}{place}.")


def _wait(run: Run) -> RunState:
    """Waits until a run has ended, but not forever: ends the program if it does not obey."""
    patience = time.monotonic() + PATIENCE_SECONDS
    kill = f"kill it with: python -m builder stop {run.id} --now"
    while True:
        (*_, state) = launcher.follow(run, timeout=_LOOK_SECONDS)
        if not state.is_active:
            return state
        pid = launcher.suspended_pid(run)
        if pid is not None:
            fail(
                f"the process of {run.id} is suspended and hears nothing; let it go on with: "
                f"kill -CONT {pid}, and it ends as asked; or {kill}",
                ERRORS,
            )
        if time.monotonic() > patience:
            fail(
                f"{run.id} has been asked to end and has not within {PATIENCE_SECONDS:.0f} s; if "
                f"its batches take that long, it ends after this one; if it hangs, {kill}",
                ERRORS,
            )


@contextlib.contextmanager
def _stopping_on_interrupt(run: Run) -> Generator[None]:
    """Turns Ctrl+C into a stop with a checkpoint; a second one kills the run."""
    asked = False

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if queue.is_waiting(read(run.folder)):
            # In another thread: the interrupted code may hold the queue's lock itself.
            threading.Thread(target=_leave_queue, args=(run,), daemon=True).start()
            return
        err.print("Killing the run …" if asked else "Stopping at the next batch …")
        launcher.stop(run, force=asked)
        asked = True

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave_queue(run: Run) -> None:
    """Takes a run out of the queue, or stops it if its turn has just come."""
    try:
        end(home(), run)
    except BuilderError as error:
        err.print(f"{run.id} could not be taken out of the queue: {error}")


def _show_progress(run: Run) -> RunState:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[speed]}", markup=False),
    )
    state = run.state
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("waiting to start", total=1.0, speed="")
        for state in _states(run):
            speed = f"{state.images_per_second:,.0f} images/s" if state.images_per_second else ""
            words = (
                f"epoch {state.epoch}/{state.epochs}" if state.epoch else state.stage or state.state
            )
            words = ", ".join(filter(None, (words, state.preparing)))
            progress.update(task, description=words, completed=state.progress, speed=speed)
    return state


def _states(run: Run) -> Iterator[RunState]:
    """A run's states until it ends. While it waits, it also checks whether its turn has come."""
    while True:
        state = run.state
        for state in launcher.follow(run, timeout=_LOOK_SECONDS):
            yield state
        if not state.is_active and not _is_resumed(run):
            return
        start_next(home())


def _is_resumed(run: Run) -> bool:
    """Whether a lost run is resumed automatically."""
    try:
        with explained("it cannot be started"):
            resumed = resume_lost(home(), read(run.folder), devices())
    except BuilderError as error:
        err.print(f"It could not be resumed automatically: {error}")
        return False
    if resumed:
        err.print("Its process was lost: it is resumed from its newest checkpoint.")
    return resumed or read(run.folder).is_active  # another process may have done it


def _report(run: Run, state: RunState) -> None:
    if not run.folder.is_dir():
        fail(f"{run.id} was deleted, removed or moved in the meantime", ERRORS)
    if state.state != RunStatus.FINISHED:
        _fail_run(run, state)
    for epoch in MetricsReader(run.folder).epochs():
        figures = ", ".join(f"{name} {value:.4f}" for name, value in _main_metrics(epoch.metrics))
        out.print(f"epoch {epoch.epoch}: {figures}")
    row = described(find(home(), run.id))
    if row["best"] is not None:
        out.print(
            f"best {row['monitor']} {row['best']:.4f} in epoch {row['best_epoch']}",
        )
    _report_evaluation(find(home(), run.id))
    tested: dict[str, Any] = row["test"] or {}
    if tested.get("accuracy") is not None:
        out.print(f"test accuracy {tested['accuracy']:.4f}")
    out.print(f"{run.folder}")


def _report_evaluation(run: Run) -> None:
    """Says which model the last figures are of, and whether it predicts one class only."""
    found = load(run.folder)
    if found is None or not found.num_images:
        return
    right = 1 - found.num_mistakes / found.num_images
    which = evaluated(run)
    model = f"the {which[0]} model, of epoch {which[1]}" if which else "the model"
    out.print(f"{model}: {right:.1%} of {found.num_images:,} validation images right")
    one_class = one_class_only(found.confusion)
    if one_class is not None:
        names = class_names(run, found.num_classes)
        err.print(f"warning: {one_class_words(one_class, names)}")
    if (run.folder / PREDICTIONS).is_file():
        out.print(f"which image was taken for what: {run.folder / PREDICTIONS}")


def _fail_run(run: Run, state: RunState) -> NoReturn:
    way_on = f"go on with: python -m builder resume {run.id}"
    if state.state in (RunStatus.STOPPED, RunStatus.PAUSED) and has_checkpoint(run):
        fail(f"the run was {state.state}; its checkpoint is kept in {run.folder}; {way_on}", ERRORS)
    fail(f"the run {state.state}: {Words(state.why.line, way_on).line}", ERRORS)


def _main_metrics(metrics: Any) -> list[tuple[str, float]]:
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return [(name, metrics[name]) for name in names if metrics.get(name) is not None]


def described(run: Run) -> dict[str, Any]:
    """A run in the list of runs, as plain JSON values."""
    results = run.state.results
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state.state,
        "message": run.state.message,
        "advice": run.state.advice,
        "created": run.created,
        "dataset": run.settings.dataset if run.settings else None,
        "epoch": run.state.epoch,
        "epochs": run.state.epochs,
        "params": run.facts.get("params"),
        "monitor": results.get("monitor"),
        "best": results.get("best"),
        "seconds": run.state.seconds,
        "best_epoch": results.get("best_epoch"),
        "test": results.get("test"),
        "auto_resumes": run.state.auto_resumes,
        "evaluated": results.get("evaluated"),
    }
