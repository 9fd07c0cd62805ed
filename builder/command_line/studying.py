"""The commands that ask a study: `study ablate`, `degrade`, `sweep`, `search`, `scale`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from builder.actions import studies as actions
from builder.checks.readiness import mend_all
from builder.command_line.setting_options import settings_values, with_settings
from builder.command_line.shared import WRONG_USAGE, Target, err, fail, load
from builder.command_line.strategy_options import (
    FreshSeeds,
    Front,
    Halving,
    Population,
    RandomBeside,
    Smaller,
    StrategyName,
    Tournament,
    Trials,
    chosen_strategy,
)
from builder.command_line.study_options import (
    AsJson,
    At,
    Detach,
    Draws,
    DryRun,
    Force,
    MaxMacs,
    MaxParams,
    Metric,
    Seeds,
    SettingsFile,
    Step,
    Tolerance,
    Vary,
)
from builder.command_line.study_upkeep import (
    begin,
    list_studies,
    pause,
    report,
    resume,
    show,
    stop,
)
from builder.command_line.usage import Command
from builder.studies.factor import Factor, Subject
from builder.studies.naming import read_factor, read_part
from builder.studies.ranges import read_levels
from builder.studies.strategies import Strategy
from builder.studies.study import Objective, Question, Study
from builder.studies.variants import Budget, Choice, combinations, drawn, one_at_a_time
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings

app = typer.Typer(no_args_is_help=True, help="Studies: questions that many trainings answer.")

USUAL_SEEDS = 6
USUAL_DEPTHS = (1.0, 2.0, 3.0)


@with_settings()
def ablate(
    target: Target,
    without: Annotated[
        list[str] | None,
        typer.Option(
            help="A part to take out, everywhere or in one block: shortcut, "
            "shortcut@residual_block_2. All that the network has where none is given.",
            metavar="PART[@BLOCK]",
        ),
    ] = None,
    seeds: Seeds = USUAL_SEEDS,
    metric: Metric = "val_accuracy",
    at: At = "last",
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    detach: Detach = False,
    force: Force = False,
    **given: Any,
) -> None:
    """What is each part of a network worth? Trains it with and without each, with several seeds."""
    subject = _subject(target, settings_file, given)
    factors = _usage(lambda: _ablation(subject, without or ()))
    choices = one_at_a_time(subject, factors)
    study = _plan(
        subject, factors, choices, seeds, Question.ABLATION, _objective(metric, at), Budget()
    )
    begin(study, dry_run=dry_run, as_json=as_json, detach=detach, force=force)


def _ablation(subject: Subject, without: Sequence[str]) -> tuple[Factor, ...]:
    """The factors of parts as they are typed."""
    read = {text: read_part(subject.architecture, text) for text in without}
    kinds = [factor.part for factor in read.values() if not factor.nodes]
    places = [text for text, factor in read.items() if factor.nodes]
    return actions.ablation(subject.architecture, kinds, places)


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
    force: Force = False,
    **given: Any,
) -> None:
    """Plain or residual? Trains a network at several depths, with and without its shortcuts."""
    subject = _subject(target, settings_file, given)
    factors = _usage(lambda: actions.degradation(subject.architecture, read_levels(depths)))
    choices = combinations(subject, factors)
    study = _plan(
        subject, factors, choices, seeds, Question.DEGRADATION, _objective(metric, at), Budget()
    )
    begin(study, dry_run=dry_run, as_json=as_json, detach=detach, force=force)


@with_settings()
def sweep(
    target: Target,
    vary: Vary,
    random: Draws = None,
    seeds: Seeds = 1,
    metric: Metric = "val_accuracy",
    at: At = "last",
    budget_params: MaxParams = None,
    budget_macs: MaxMacs = None,
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    detach: Detach = False,
    force: Force = False,
    **given: Any,
) -> None:
    """Which values? Trains a network with all combinations of some values, or some of them."""
    subject = _subject(target, settings_file, given)
    factors = _factors(vary, subject)
    choices = _usage(
        lambda: (
            combinations(subject, factors)
            if random is None
            else drawn(subject, factors, random, subject.settings.seed)
        )
    )
    budget = Budget(params=budget_params, macs=budget_macs)
    study = _plan(subject, factors, choices, seeds, Question.SWEEP, _objective(metric, at), budget)
    begin(study, dry_run=dry_run, as_json=as_json, detach=detach, force=force)


@with_settings()
def search(
    target: Target,
    vary: Vary,
    strategy: StrategyName = "tpe",
    trials: Trials = None,
    fresh_seeds: FreshSeeds = None,
    random_beside: RandomBeside = None,
    smaller: Smaller = None,
    front: Front = None,
    population: Population = None,
    tournament: Tournament = None,
    halving: Halving = False,
    seeds: Seeds = 1,
    metric: Metric = "val_accuracy",
    at: At = "last",
    budget_params: MaxParams = None,
    budget_macs: MaxMacs = None,
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    detach: Detach = False,
    force: Force = False,
    **given: Any,
) -> None:
    """Which architecture? Proposes candidates, trains those that the budget allows, and learns."""
    chosen = {
        "trials": trials,
        "fresh_seeds": fresh_seeds,
        "random_beside": random_beside,
        "smaller": smaller,
        "front": front,
        "population": population,
        "tournament": tournament,
        "halving": halving or None,
    }
    made = _usage(lambda: chosen_strategy(strategy, chosen))
    subject = _subject(target, settings_file, given)
    factors, budget = _factors(vary, subject), Budget(params=budget_params, macs=budget_macs)
    objective = _objective(metric, at)
    study = _plan(subject, factors, None, seeds, Question.SEARCH, objective, budget, made)
    begin(study, dry_run=dry_run, as_json=as_json, detach=detach, force=force)


@with_settings()
def scale(
    target: Target,
    step: Step = 0.1,
    tolerance: Tolerance = 0.1,
    seeds: Seeds = 1,
    metric: Metric = "val_accuracy",
    at: At = "last",
    budget_params: MaxParams = None,
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    detach: Detach = False,
    force: Force = False,
    **given: Any,
) -> None:
    """How to grow? Trains a network at twice its cost: deeper, wider or finer, as EfficientNet."""
    subject = _subject(target, settings_file, given)
    factors = _usage(lambda: actions.scaling_grid(step, tolerance))
    choices = one_at_a_time(subject, factors)
    budget = Budget(params=budget_params)
    objective = _objective(metric, at)
    study = _plan(subject, factors, choices, seeds, Question.SCALING, objective, budget)
    begin(study, dry_run=dry_run, as_json=as_json, detach=detach, force=force)


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


def _factors(texts: Sequence[str], subject: Subject) -> tuple[Factor, ...]:
    return tuple(
        _usage(lambda text=text: read_factor(text, subject.architecture)) for text in texts
    )


def _objective(metric: str, at: str) -> Objective:
    return _usage(lambda: Objective.create({"metric": metric, "at": at}))


def _plan(
    subject: Subject,
    factors: Sequence[Factor],
    choices: Sequence[Choice] | None,
    seeds: int,
    question: Question,
    objective: Objective,
    budget: Budget,
    strategy: Strategy | None = None,
) -> Study:
    """What is asked, with so many seeds from the one of the settings on."""
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
            strategy=strategy,
        )
    )


for command in (ablate, degrade, sweep, search, scale, show, pause, stop, resume, report):
    app.command(cls=Command)(command)
app.command("list", cls=Command)(list_studies)
