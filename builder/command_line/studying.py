"""The commands on studies: `study ablate`, `degrade`, `sweep`, and what is done with them after."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from builder.actions import studies as actions
from builder.checks.readiness import mend_all
from builder.command_line.setting_options import settings_values, with_settings
from builder.command_line.shared import ERRORS, WRONG_USAGE, Target, err, fail, load, out
from builder.command_line.study_tables import follow, print_plan, print_results, row_of
from builder.studies import study_folder
from builder.studies.asked import Objective, Question, Study
from builder.studies.factors import Factor, ScalingFactor, Subject, Without
from builder.studies.naming import read_factor
from builder.studies.ranges import read_levels
from builder.studies.variants import Budget, Choice, combinations, drawn, one_at_a_time
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind

app = typer.Typer(no_args_is_help=True, help="Studies: questions that many trainings answer.")

Seeds = Annotated[
    int,
    typer.Option(
        min=1,
        max=100,
        help="How often each variant is trained. Fewer than six can decide nothing.",
    ),
]
Metric = Annotated[
    str,
    typer.Option(help="What variants are judged by: val_accuracy, val_loss, accuracy or loss."),
]
At = Annotated[str, typer.Option(help="At the last epoch or at the best one.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="JSON of settings, as for train.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show the variants and the time; train nothing.")
]
Detach = Annotated[
    bool, typer.Option("--detach", help="Print the study's id and return; it goes on by itself.")
]
MaxParams = Annotated[
    int | None, typer.Option("--budget-params", min=1, help="Train no variant with more.")
]
MaxMacs = Annotated[
    int | None, typer.Option("--budget-macs", min=1, help="Train no variant with more.")
]
StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study's id, or the beginning of it.")
]
USUAL_SEEDS = 6
USUAL_DEPTHS = (1.0, 2.0, 3.0)


@with_settings()
def ablate(
    target: Target,
    without: Annotated[
        list[PartKind] | None,
        typer.Option(help="A part to take out; all that the network has where none is given."),
    ] = None,
    seeds: Seeds = USUAL_SEEDS,
    metric: Metric = "val_accuracy",
    at: At = "last",
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    detach: Detach = False,
    **given: Any,
) -> None:
    """What is each part of a network worth? Trains it with and without each, with several seeds."""
    subject = _subject(target, settings_file, given)
    factors = _usage(lambda: actions.ablation(subject.architecture, without or ()))
    choices = one_at_a_time(subject, factors)
    study = _plan(
        subject, factors, choices, seeds, Question.ABLATION, _objective(metric, at), Budget()
    )
    _begin(study, dry_run=dry_run, as_json=as_json, detach=detach)


@with_settings()
def degrade(
    target: Target,
    depths: Annotated[
        str, typer.Option(help="How many times as deep, such as 1,2,3.", metavar="N,N,…")
    ] = ",".join(f"{depth:g}" for depth in USUAL_DEPTHS),
    seeds: Seeds = USUAL_SEEDS,
    metric: Metric = "val_accuracy",
    at: At = "last",
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    detach: Detach = False,
    **given: Any,
) -> None:
    """Plain or residual? Trains a network at several depths, with and without its shortcuts."""
    subject = _subject(target, settings_file, given)
    factors = (
        _usage(lambda: ScalingFactor.create({"factor": "depth", "levels": read_levels(depths)})),
        Without.create({"part": PartKind.SHORTCUT}),
    )
    _usage(lambda: actions.ablation(subject.architecture, [PartKind.SHORTCUT]))
    choices = combinations(subject, factors)
    study = _plan(
        subject, factors, choices, seeds, Question.DEGRADATION, _objective(metric, at), Budget()
    )
    _begin(study, dry_run=dry_run, as_json=as_json, detach=detach)


@with_settings()
def sweep(
    target: Target,
    vary: Annotated[
        list[str],
        typer.Option(
            help="What is varied: conv2d_1.filters=16,32,64; block_2.repeat=1..4; "
            "learning_rate=log:1e-4..1e-2; optimizer.momentum=0.8,0.9; scaling.depth=1,2; "
            "conv2d_1.block=Conv2D,SeparableConv2D; without.dropout",
            metavar="NAME=LEVELS",
        ),
    ],
    random: Annotated[
        int | None,
        typer.Option(min=1, help="So many variants, drawn at random, in place of all of them."),
    ] = None,
    seeds: Seeds = 1,
    metric: Metric = "val_accuracy",
    at: At = "last",
    budget_params: MaxParams = None,
    budget_macs: MaxMacs = None,
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    detach: Detach = False,
    **given: Any,
) -> None:
    """Which values? Trains a network with all combinations of some values, or some of them."""
    subject = _subject(target, settings_file, given)
    factors = tuple(
        _usage(lambda text=text: read_factor(text, subject.architecture)) for text in vary
    )
    choices = _usage(
        lambda: (
            combinations(subject, factors)
            if random is None
            else drawn(subject, factors, random, subject.settings.seed)
        )
    )
    budget = Budget(params=budget_params, macs=budget_macs)
    study = _plan(subject, factors, choices, seeds, Question.SWEEP, _objective(metric, at), budget)
    _begin(study, dry_run=dry_run, as_json=as_json, detach=detach)


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
    for study_id, reason in study_folder.damaged(home()):
        err.print(f"{study_id} cannot be read: {reason}")


def pause(study: StudyName) -> None:
    """Pauses a study and the training that it is at."""
    _end(study, pause=True)


def stop(study: StudyName) -> None:
    """Stops a study and the training that it is at; what is trained already stays."""
    _end(study, pause=False)


def resume(
    study: StudyName,
    seeds: Annotated[int, typer.Option(min=0, max=100, help="Seeds to add.")] = 0,
    detach: Detach = False,
    as_json: AsJson = False,
) -> None:
    """Goes on with a study, with more seeds where wanted."""
    found = actions.go_on(study_folder.find(home(), study), more_seeds=seeds)
    _attend(found, as_json=as_json, detach=detach)


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


def _subject(target: str, settings_file: Path | None, given: dict[str, Any]) -> Subject:
    """The base: network and settings, mended for the data; ends the program on wrong usage."""
    settings = _usage(lambda: TrainingSettings.create(settings_values(settings_file, given)))
    architecture = load(target).architecture
    architecture, settings, done = mend_all(architecture, settings)
    for effect in done:
        err.print(f"Changed for these data: {effect}.")
    return Subject(architecture, settings)


def _usage(make: Any) -> Any:
    """What a call gives; what it refuses is wrong usage."""
    try:
        return make()
    except BuilderError as error:
        fail(str(error), WRONG_USAGE)


def _objective(metric: str, at: str) -> Objective:
    return _usage(lambda: Objective.create({"metric": metric, "at": at}))


def _plan(
    subject: Subject,
    factors: Sequence[Factor],
    choices: Sequence[Choice],
    seeds: int,
    question: Question,
    objective: Objective,
    budget: Budget,
) -> Study:
    first = subject.settings.seed
    return _usage(
        lambda: actions.plan(
            subject.architecture,
            subject.settings,
            factors,
            range(first, first + seeds),
            question=question,
            choices=choices,
            objective=objective,
            budget=budget,
        )
    )


def _begin(study: Study, *, dry_run: bool, as_json: bool, detach: bool) -> None:
    print_plan(home(), study)
    if dry_run:
        raise typer.Exit(0)
    _attend(actions.start(home(), study), as_json=as_json, detach=detach)


def _attend(study: Study, *, as_json: bool, detach: bool) -> None:
    err.print(f"Study {study.id}")
    if detach:
        out.print(study.id)
        return
    follow(study)
    _show(study, as_json=as_json)


def _show(study: Study, *, as_json: bool) -> None:
    if as_json:
        shown = row_of(study) | {"results": study_folder.results(study)}
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
    else:
        print_results(study)


app.command()(ablate)
app.command()(degrade)
app.command()(sweep)
app.command()(show)
app.command("list")(list_studies)
app.command()(pause)
app.command()(stop)
app.command()(resume)
app.command()(report)
