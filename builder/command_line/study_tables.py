"""Studies as tables: what is planned, how far it is, and what came out."""

import contextlib
import signal
import time
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from builder.actions import studies as actions
from builder.actions.study_memory import StudyMemory
from builder.checks.time_estimate import roughly
from builder.checks.wording import count
from builder.command_line.shared import err, out
from builder.studies import study_folder
from builder.studies.answers import answer
from builder.studies.deleted import deleted_trainings, deleted_words
from builder.studies.outcome import Results
from builder.studies.problems import obstacle_words, problem_text
from builder.studies.study import Standing, Study, Wanted
from builder.studies.verdict import Comparison
from builder.studies.wording import (
    change,
    foresight_words,
    over_budget_words,
    row_words,
    search_words,
    signed,
    standing_words,
    unit,
)
from builder.system.devices import devices

_LOOK_SECONDS = 0.3
_PATIENCE_SECONDS = 30.0
"""How long its process may take to begin."""


def print_plan(home: Path, study: Study, memory: StudyMemory | None) -> None:
    """Tells on standard error what is asked: variants, runs, time, memory, what it can tell."""
    table = Table()
    for column in ("variant", "params", "MACs", ""):
        table.add_column(column, justify="right" if column in ("params", "MACs") else "left")
    for variant in study.variants:
        costs = [f"{cost:,}" if cost is not None else "" for cost in (variant.params, variant.macs)]
        problem = problem_text(variant.problem)
        obstacle = obstacle_words(problem, only_fresh=study.only_fresh(variant))
        table.add_row(variant.title, *costs, obstacle)
    err.print(table)
    seconds = actions.seconds_of(home, study, devices())
    words = f", {roughly(seconds)}" if seconds is not None else ""
    listed = f"{count(len(study.trained), 'variant')}, {count(len(study.seeds), 'seed')}"
    what = search_words(study) if study.is_search else listed
    err.print(f"{what}: {count(study.planned, 'training')}{words}.")
    for told in (memory.words if memory else "", over_budget_words(study)):
        if told:
            err.print(told)
    err.print(foresight_words(study.compared, len(study.fresh_seeds or study.seeds)))


def plan_values(home: Path, study: Study, memory: StudyMemory | None) -> dict[str, Any]:
    """What is asked, as plain JSON: variants, trainings, seconds, bytes; null where not known."""
    return {
        "question": study.question,
        "variants": [
            {
                "title": variant.title,
                "params": variant.params,
                "macs": variant.macs,
                "problem": problem_text(variant.problem),
            }
            for variant in study.variants
        ],
        "seeds": list(study.seeds),
        "fresh_seeds": list(study.fresh_seeds),
        "trainings": study.planned,
        "seconds": actions.seconds_of(home, study, devices()),
        "memory": memory.estimate.needed if memory else None,
    }


def follow(study: Study) -> None:
    """Shows how far a study is until its process ends; Ctrl+C pauses it."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with _pausing_on_interrupt(study), Progress(*columns, console=err) as progress:
        task = progress.add_task("starting", total=None)
        patience = time.monotonic() + _PATIENCE_SECONDS
        while True:
            lives = study_folder.is_conducted(study)
            known = study_folder.results(study)
            progress.update(
                task,
                description=_progress_words(known),
                completed=known.ended if known else 0,
                total=known.planned if known else None,
            )
            if lives:
                patience = 0.0
            elif (
                study_folder.wanted(study) is not Wanted.RUNNING or time.monotonic() > patience
            ):  # what it found before it was resumed does not count
                return
            time.sleep(_LOOK_SECONDS)


def _progress_words(known: Results | None) -> str:
    if known is None:
        return "starting"
    words = standing_words(known.standing, known.message)
    return f"{known.ended} of {known.planned} trainings, {words}"


@contextlib.contextmanager
def _pausing_on_interrupt(study: Study) -> Generator[None]:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        err.print(f"Pausing; go on with: python -m builder study resume {study.id}")
        actions.end(study, pause=True)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def row_of(study: Study) -> dict[str, Any]:
    """What is listed of a study, as plain JSON values."""
    known = study_folder.results(study)
    return {
        "id": study.id,
        "title": study.title,
        "question": study.question.value,
        "created": study.created,
        "standing": (known.standing if known else Standing.RUNNING).value,
        "running": study_folder.is_conducted(study),
        "ended": known.ended if known else 0,
        "planned": study.planned,
        "seeds": list(study.seeds),
        "objective": study.objective.values(),
        "deleted": [asdict(each) for each in deleted_trainings(study, known)],
    }


def print_results(study: Study) -> None:
    """Prints what came out of a study so far."""
    known = study_folder.results(study)
    out.print(f"{study.title}: {study.objective.metric}, {study.objective.at} epoch")
    if known is None:
        out.print("nothing yet")
        return
    table = Table()
    for column in ("variant", "params", "mean", "seeds", "difference", "verdict"):
        left = column in ("variant", "verdict")
        table.add_column(column, justify="left" if left else "right")
    for key, row in known.variants.items():
        found = known.comparisons.get(key)
        mean, seeds, verdict = row_words(row, found, study.objective)
        difference = _difference(found, study) if found else ""
        params = f"{row.params:,}" if row.params is not None else ""
        table.add_row(row.title, params, mean, str(seeds), difference, verdict)
    out.print(table)
    out.print(_progress_words(known))
    for sentence in answer(study, known):
        out.print(sentence, markup=False)
    for sentence in deleted_words(deleted_trainings(study, known)):
        out.print(sentence, markup=False)
    for refused in known.refused:
        said = "; ".join(filter(None, (refused.message, refused.fix)))
        err.print(f"{refused.variant}, seed {refused.seed}: {said}")
    out.print(f"{study.folder}")


def _difference(found: Comparison, study: Study) -> str:
    """How far the variant is from the base: `−1.9 points`."""
    if found.mean is None:
        return ""
    return signed(change(found.mean, study.objective), study.objective) + unit(study.objective)
