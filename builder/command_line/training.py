"""The commands that train: train, runs."""

import contextlib
import json
import signal
import sys
from collections.abc import Generator
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from builder.command_line.shared import ERRORS, WRONG_USAGE, Target, err, fail, load, out
from builder.errors import BuilderError
from builder.inference import infer
from builder.storage.home import home
from builder.training.datasets import availability
from builder.training.launcher import follow, start, stop
from builder.training.metrics import MetricsReader
from builder.training.new_run import new_run
from builder.training.readiness import mend_all, readiness
from builder.training.run_folder import Run, find, list_runs
from builder.training.run_state import RunState
from builder.training.settings import TrainingSettings


def train(
    target: Target,
    dataset: Annotated[
        str, typer.Option(help="digits, mnist, fashion_mnist, cifar10, cifar100.")
    ] = "digits",
    epochs: Annotated[int, typer.Option(help="Passes over the data.")] = 10,
    batch_size: Annotated[int, typer.Option(help="Images in one step.")] = 32,
    learning_rate: Annotated[float, typer.Option(help="Size of the optimizer's steps.")] = 0.001,
    optimizer: Annotated[str, typer.Option(help="SGD, Adam, AdamW or RMSprop.")] = "Adam",
    validation_share: Annotated[float, typer.Option(help="Share of the images, 0 to 1.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Same seed, same split, weights and order.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, or one GPU such as gpu:0.")] = "auto",
) -> None:
    """Trains an architecture and prints its run's id and results.

    What keeps the architecture from the data, such as a head with another number of classes, is
    mended on the run's own copy, and said. Ctrl+C saves a checkpoint and stops.
    """
    values: dict[str, Any] = {
        "dataset": dataset,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "optimizer": {"name": optimizer},
        "validation_share": validation_share,
        "seed": seed,
        "device": device,
    }
    try:
        settings = TrainingSettings.create(values)
    except BuilderError as error:
        fail(str(error), WRONG_USAGE)
    run = _prepare(target, settings)
    err.print(f"Run {run.id}", markup=False)
    start(run)
    with _stopping_on_interrupt(run):
        state = _show_progress(run)
    _report(run, state)


def runs(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Lists all runs, the newest first."""
    rows = [_row(run) for run in list_runs(home())]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    if not rows:
        err.print("There are no runs yet. Start one with: python -m builder train ARCH")
        return
    table = Table()
    for column in ("run", "state", "data", "epochs", "best", "params"):
        table.add_column(column, justify="right" if column in ("epochs", "params") else "left")
    for row in rows:
        epochs = f"{row['epoch']}/{row['epochs']}"
        best = f"{row['monitor']} {row['best']:.4f}" if row["best"] is not None else ""
        params = f"{row['params']:,}" if row["params"] is not None else ""
        table.add_row(row["id"], row["state"], row["dataset"] or "", epochs, best, params)
    out.print(table)


def _prepare(target: str, settings: TrainingSettings) -> Run:
    """Makes an architecture's run, mended and checked, or ends the program."""
    architecture = load(target)
    errors = infer(architecture).errors
    if errors:
        for issue in errors:
            err.print(f"error: {issue}", markup=False)
        raise typer.Exit(ERRORS)
    try:
        architecture, settings, done = mend_all(architecture, settings)
        for label in done:
            err.print(f"Changed for these data: {label[0].lower()}{label[1:]}.", markup=False)
        available = availability(settings.dataset, probe=True)
        found = readiness(infer(architecture), settings, available)
        for finding in found.findings:
            if finding.level == "warning":
                err.print(f"warning: {finding.message}", markup=False)
        if not found.ok:
            fail(found.sentence, ERRORS)
        err.print(found.sentence, markup=False)
        return new_run(home(), architecture, settings)
    except BuilderError as error:
        fail(str(error), ERRORS)
    except OSError as error:
        fail(f"the run cannot be written: {error.strerror}", ERRORS)


@contextlib.contextmanager
def _stopping_on_interrupt(run: Run) -> Generator[None]:
    """Turns Ctrl+C into a stop with a checkpoint; a second one kills the run."""
    asked = False

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        err.print("Killing the run …" if asked else "Stopping at the next batch …")
        stop(run, force=asked)
        asked = True

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _show_progress(run: Run) -> RunState:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[speed]}"),
    )
    state = run.state
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("waiting to start", total=1.0, speed="")
        for state in follow(run):
            speed = f"{state.images_per_second:,.0f} images/s" if state.images_per_second else ""
            words = (
                f"epoch {state.epoch}/{state.epochs}" if state.epoch else state.stage or state.state
            )
            progress.update(task, description=words, completed=state.progress, speed=speed)
    return state


def _report(run: Run, state: RunState) -> None:
    if state.state != "finished":
        _fail_run(run, state)
    for epoch in MetricsReader(run.folder).epochs():
        figures = ", ".join(f"{name} {value:.4f}" for name, value in _main_metrics(epoch.metrics))
        out.print(f"epoch {epoch.epoch}: {figures}", markup=False)
    row = _row(find(home(), run.id))
    if row["best"] is not None:
        out.print(
            f"best {row['monitor']} {row['best']:.4f} in epoch {row['best_epoch']}", markup=False
        )
    out.print(f"{run.folder}", markup=False)


def _fail_run(run: Run, state: RunState) -> NoReturn:
    if state.state == "stopped":
        fail(f"the run was stopped; its checkpoint is kept in {run.folder}", ERRORS)
    fail(f"the run {state.state}: {state.message}", ERRORS)


def _main_metrics(metrics: Any) -> list[tuple[str, float]]:
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return [(name, metrics[name]) for name in names if metrics.get(name) is not None]


def _row(run: Run) -> dict[str, Any]:
    results = run.state.results
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state.state,
        "message": run.state.message,
        "created": run.created,
        "dataset": run.settings.dataset if run.settings else None,
        "epoch": run.state.epoch,
        "epochs": run.state.epochs,
        "params": run.facts.get("params"),
        "monitor": results.get("monitor"),
        "best": results.get("best"),
        "best_epoch": results.get("best_epoch"),
    }
