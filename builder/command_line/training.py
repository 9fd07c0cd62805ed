"""The commands that train: train, resume, pause, stop, runs."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from builder.actions import training as actions
from builder.command_line import own_images
from builder.command_line.beginning import as_option, begin, tell_settings
from builder.command_line.following import attend, described, wait_for_end
from builder.command_line.number_options import number, whole_number
from builder.command_line.setting_options import settings_values, with_settings
from builder.command_line.shared import (
    ERRORS,
    WRONG_USAGE,
    Target,
    err,
    fail,
    load,
    out,
)
from builder.runs.run_folder import Run, list_runs
from builder.runs.status import UNREAD
from builder.scheduler import queue
from builder.scheduler.starting import start_next
from builder.system.devices import devices
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError, Words
from builder.system.home import home
from builder.training.settings import TrainingSettings

_DATASET_HELP = (
    "digits, mnist, fashion_mnist, cifar10, cifar100; own:ID as `data` lists it; or the path of "
    "images of your own: a folder or a .zip with a folder for each class, or an .npz."
)

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, or a part of it that no other has.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Train although the memory seems to be too little for it.")
]
Detach = Annotated[
    bool,
    typer.Option("--detach", help="Print the run's id and return; it goes on in the background."),
]


@with_settings(helps={"dataset": _DATASET_HELP})
def train(
    target: Target,
    settings_file: Annotated[
        Path | None,
        typer.Option(
            "--settings",
            metavar="FILE",
            help="JSON of settings, such as a run's config.json or a document's file; what is "
            "given as an option goes before it.",
        ),
    ] = None,
    fit: Annotated[
        str, typer.Option(help="Images of another shape: stretch, crop or pad. Your own only.")
    ] = "stretch",
    size: Annotated[
        str,
        typer.Option(
            metavar="SIDE|HEIGHTxWIDTH",
            help="Pixels that your own images are kept in.",
            show_default="the network's input",
        ),
    ] = "",
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave out files of yours that are no images.")
    ] = False,
    value_range: Annotated[
        tuple[float, float] | None,
        typer.Option(
            help="Values of your images that become 0 and 255, such as 0 4095.",
            parser=number(),
            metavar="LOW HIGH",
            show_default="by their format and values",
        ),
    ] = None,
    split_folders: Annotated[
        str,
        typer.Option(
            help="What the folders that divide your images are for: "
            "seg_train=train,dev=validation,holdout=test,rest=leave-out; or classes where they do "
            "not; or '*=train' where the folders in them are the classes. Needed only where it "
            "cannot be told."
        ),
    ] = "",
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check all and tell how long it would take; train nothing."),
    ] = False,
    force: Force = False,
    detach: Detach = False,
    **given: Any,
) -> None:
    """Trains an architecture and prints its run's id and results.

    Whatever does not suit the data, such as a head with another number of classes, is fixed in the
    run's own copy and reported. If another run trains on the device, this one waits for it. Ctrl+C
    saves a checkpoint and stops.
    """
    dataset: str = given["dataset"] or TrainingSettings().dataset
    is_path = own_images.is_path(dataset)
    for option, is_given in (
        ("--fit", fit != "stretch"),
        ("--size", bool(size)),
        ("--leave-out", leave_out),
        ("--value-range", value_range is not None),
        ("--split-folders", bool(split_folders)),
    ):
        if is_given and not is_path:
            fail(
                f"{option}: received with the data {dataset!r}, expected with the path of images "
                "of your own; leave it out",
                WRONG_USAGE,
            )
    if is_path:
        given["dataset"] = None
    try:
        settings = TrainingSettings.create(settings_values(settings_file, given))
        roles = own_images.split_roles(split_folders)
        sides = own_images.read_size(size)
    except BuilderError as error:
        fail(str(error), WRONG_USAGE)
    loaded = load(target)
    architecture = loaded.architecture
    tell_settings(loaded.training, settings)
    if is_path:
        with explained("the images cannot be kept"):
            kept = own_images.keep(
                dataset,
                architecture,
                fit,
                leave_out=leave_out,
                value_range=value_range,
                roles=roles,
                size=sides,
            )
        settings = replace(settings, dataset=kept)
    attend(begin(architecture, settings, force=force, dry_run=dry_run), detach=detach)


def resume(
    run: RunName,
    epochs: Annotated[
        int, typer.Option(help="Epochs to add.", parser=whole_number(0), metavar="INTEGER")
    ] = 0,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            help="From now on; the schedule is scaled by it.",
            parser=number(above=0),
            metavar="NUMBER",
        ),
    ] = None,
    run_on: Annotated[
        str | None,
        typer.Option(
            help="Where it goes on: local, or the address of a Ray cluster.",
            show_default="where it was",
        ),
    ] = None,
    force: Force = False,
    detach: Detach = False,
) -> None:
    """Resumes a run from its newest checkpoint, to the last bit as if it had not stopped.

    A finished run is continued with --epochs. Changes are recorded in its changes.json.
    """
    resumption = actions.resume(
        home(),
        find_run(run),
        devices(),
        more_epochs=epochs,
        learning_rate=learning_rate,
        run_on=run_on,
        force=force,
    )
    finding = resumption.obstacle
    if finding is not None:
        again = f"Train anew with {as_option(finding)}, or resume" if finding.fix else "Resume"
        fail(f"{finding.message} {again} it with --force", ERRORS)
    if resumption.time is not None:
        err.print(f"The rest: {resumption.time.words}.")
    attend(resumption.run, detach=detach)


def pause(run: RunName) -> None:
    """Lets a run save a checkpoint and end, to be resumed later.

    A run that waits in the queue is taken out of it.
    """
    chosen = find_run(run)
    wait_for_end(chosen, actions.end(home(), chosen, pause=True))


def stop(
    run: RunName,
    now: Annotated[
        bool, typer.Option("--now", help="Kill it; what came after its last checkpoint is lost.")
    ] = False,
) -> None:
    """Lets a run save a checkpoint and end, or takes it out of the queue."""
    chosen = find_run(run)
    wait_for_end(chosen, actions.end(home(), chosen, at_once=now))


def runs(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Lists all runs, the newest first."""
    start_next(home())
    found = list_runs(home())
    places = {run.id: place for place, run in enumerate(queue.waiting(found), 1)}
    rows: list[dict[str, Any]] = [described(run) | {"place": places.get(run.id)} for run in found]
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
        state = f"queued ({row['place']})" if row["place"] else row["state"]
        table.add_row(row["id"], state, own_images.title(row["dataset"]), epochs, best, params)
    out.print(table)
    for row in rows:
        if row["state"] in UNREAD:
            said = Words(row["message"], row["advice"]).line
            err.print(f"{row['id']} is {row['state']}: {said}")


def find_run(name: str) -> Run:
    """Finds a run by its id or an unambiguous part of it; otherwise ends the program."""
    found = [run for run in list_runs(home()) if name and name in run.id]
    exact = [run for run in found if run.id == name]
    if len(exact or found) != 1:
        those = ", ".join(run.id for run in found[:5])
        fail(
            f"{name!r} is in the names of {len(found)} runs ({those}); give more of it"
            if found
            else f"no run is called {name!r}; `python -m builder runs` lists them",
            WRONG_USAGE,
        )
    return (exact or found)[0]
