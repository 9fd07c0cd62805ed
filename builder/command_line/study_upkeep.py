"""How a study begins, and what is done with it then: paused, resumed, shown, reported."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from builder.actions import studies as actions
from builder.actions.study_memory import largest, memory_of
from builder.command_line.beginning import as_option
from builder.command_line.shared import ERRORS, WRONG_USAGE, err, fail, out
from builder.command_line.study_options import (
    AsJson,
    DeletedToo,
    Detach,
    MoreSeeds,
    MoreTrials,
    StudyName,
)
from builder.command_line.study_tables import follow, plan_values, print_plan, print_results, row_of
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.study import Study
from builder.system.devices import devices
from builder.system.home import home


def begin(study: Study, *, dry_run: bool, as_json: bool, detach: bool, force: bool) -> None:
    """Tells what is planned; starts it and follows it, unless only the plan is wanted."""
    memory = memory_of(largest(study), devices(), list_runs(home()))
    print_plan(home(), study, memory)
    if memory is not None and memory.finding is not None and not force:
        option = as_option(memory.finding)
        ways = " or ".join(filter(None, [option, "--force"]))
        fail(f"{memory.obstacle} Give {ways}", ERRORS)
    if dry_run:
        if as_json:
            planned = plan_values(home(), study, memory)
            sys.stdout.write(json.dumps(planned, indent=2) + "\n")
        raise typer.Exit(0)
    attend(actions.start(home(), study), as_json=as_json, detach=detach)


def show(study: StudyName, as_json: AsJson = False) -> None:
    """What came out of a study so far, and what may be concluded."""
    actions.revive(home())
    _show(study_folder.find(home(), study), as_json=as_json)


def list_studies(as_json: AsJson = False) -> None:
    """Lists all studies, the newest first."""
    actions.revive(home())
    rows = [row_of(study) for study in study_folder.list_studies(home())]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    else:
        for row in rows:
            done = f"{row['ended']}/{row['planned']}"
            out.print(f"{row['id']}  {row['standing']}  {done}  {row['title']}")
        if not rows:
            err.print("There are no studies yet. Ask one with: python -m builder study ablate ARCH")
    for _, reason in study_folder.damaged(home()):
        err.print(f"{reason[0].upper()}{reason[1:]}")


def pause(study: StudyName) -> None:
    """Pauses a study and the training that it is at."""
    _end(study, pause=True)


def stop(study: StudyName) -> None:
    """Stops a study and the training that it is at; what is trained already stays."""
    _end(study, pause=False)


def resume(
    study: StudyName,
    seeds: MoreSeeds = 0,
    trials: MoreTrials = 0,
    deleted: DeletedToo = False,
    detach: Detach = False,
    as_json: AsJson = False,
) -> None:
    """Goes on with a study, with more seeds, or with more candidates of a search."""
    named = study_folder.find(home(), study)
    found = actions.go_on(named, more_seeds=seeds, more_trials=trials, deleted_too=deleted)
    attend(found, as_json=as_json, detach=detach)


def report(
    study: StudyName,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The file; its ending says what it is: .html, .csv or .json."
        ),
    ],
) -> None:
    """Writes a study into one file: a report that opens anywhere, or its numbers."""
    from builder.studies.report import to_csv, to_html, to_json

    writers = {".html": to_html, ".csv": to_csv, ".json": to_json}
    write = writers.get(output.suffix.lower())
    if write is None:
        fail(f"{output}: expected a name that ends in {', '.join(writers)}", WRONG_USAGE)
    found = study_folder.find(home(), study)
    known = study_folder.results(found)
    if known is None:
        fail(f"{found.id} has no results yet", ERRORS)
    output.write_text(write(found, known), encoding="utf-8")


def _end(name: str, *, pause: bool) -> None:
    found = study_folder.find(home(), name)
    if not study_folder.is_conducted(found):
        fail(f"{found.id} does not run", ERRORS)
    actions.end(found, pause=pause)
    err.print("Waiting for the end of this batch …")
    follow(found)


def attend(study: Study, *, as_json: bool, detach: bool) -> None:
    """Follows a study to its end and shows what came out; returns at once where it is detached."""
    err.print(f"Study {study.id}")
    if detach:
        out.print(study.id)
        return
    follow(study)
    _show(study, as_json=as_json)


def _show(study: Study, *, as_json: bool) -> None:
    if as_json:
        known = study_folder.results(study)
        shown = row_of(study) | {"results": known.values() if known else None}
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
    else:
        print_results(study)
