"""Studies: asking one, and what a person does with it afterwards."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from builder.checks.time_estimate import estimate_time
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.studies import study_folder
from builder.studies.deleted import deleted_trainings, without
from builder.studies.factor import Factor, Subject
from builder.studies.factors import CompoundScaling, ScalingFactor, Setting, Without, check_factors
from builder.studies.naming import part_at, read_part
from builder.studies.problems import problem_text
from builder.studies.ranges import Range
from builder.studies.strategies import Listed, SearchStrategy, Strategy
from builder.studies.study import (
    Objective,
    Question,
    Study,
    StudyError,
    Wanted,
    check_seeds,
)
from builder.studies.variants import NO_CHANGE, Budget, Choice, one_at_a_time
from builder.system import detached
from builder.system.devices import Device
from builder.system.disk_errors import explained
from builder.system.locks import BusyError, locked
from builder.training.schedules import Constant
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import parts
from builder.transforms.scaling import grid

_FIXED = frozenset({"epochs", "schedule", "patience"})
"""Settings that halving needs to be the same for all candidates."""


def ablation(
    architecture: Architecture, kinds: Sequence[PartKind] = (), places: Sequence[str] = ()
) -> tuple[Factor, ...]:
    """The factors of an ablation: what can be taken out.

    Args:
        architecture: The network.
        kinds: What is to be taken out everywhere.
        places: What is to be taken out of single nodes, such as `shortcut@residual_block_2`. Where
            neither is given, all kinds that the network has are taken, but for what puts one kind
            of convolution in the place of the other.

    Raises:
        EditError: A place is written in another way, or names a node that is not there.
        StudyError: The network has none of these, or does not have one that is named.
    """
    found = [part.kind for part in parts(architecture) if not part.problems]
    missing = [kind for kind in kinds if kind not in found]
    if missing:
        known = ", ".join(found) or "nothing"
        raise StudyError(
            f"{architecture.name} has no {missing[0].noun} to take out", f"it has {known}"
        )
    single = [read_part(architecture, place) for place in places]
    for place, factor in zip(places, single, strict=True):
        if part_at(architecture, place) is None:
            raise StudyError(f"{architecture.name} has no {factor.name} to take out")
    chosen = kinds or (() if places else usual_parts(architecture))
    if not chosen and not single:
        raise StudyError(f"{architecture.name} has no part that can be taken out")
    return (*(Without.create({"part": kind}) for kind in chosen), *single)


def usual_parts(architecture: Architecture) -> tuple[PartKind, ...]:
    """What an ablation takes out unless something else is asked for.

    All that the network has, but for what puts one kind of convolution in the place of the other.
    """
    exchanges = (PartKind.SEPARABLE, PartKind.FULL)
    found = [part.kind for part in parts(architecture) if not part.problems]
    return tuple(kind for kind in found if kind not in exchanges)


def degradation(architecture: Architecture, depths: tuple[Any, ...] | Range) -> tuple[Factor, ...]:
    """The factors of the question whether depth helps plain networks as it helps residual ones.

    Args:
        architecture: The network, which has shortcuts.
        depths: How many times as deep.

    Raises:
        StudyError: The network has no shortcuts.
        ParameterError: These are no depths.
    """
    shortcuts = ablation(architecture, [PartKind.SHORTCUT])
    return (ScalingFactor.create({"factor": "depth", "levels": depths}), *shortcuts)


def scaling_grid(step: float = 0.1, tolerance: float = 0.1) -> tuple[Factor, ...]:
    """The factors of the search for a compound scaling: all α, β, γ with α·β²·γ² near 2.

    Args:
        step: From one value of a factor to the next.
        tolerance: How far the product may be from 2.

    Raises:
        StudyError: No triple is that near.
    """
    triples = grid(step, tolerance=tolerance)
    if not triples:
        raise StudyError(
            f"no α, β, γ in steps of {step:g} have α·β²·γ² within {tolerance:g} of 2",
            "take smaller steps, or a larger tolerance",
        )
    return (CompoundScaling(triples),)


def plan(
    architecture: Architecture,
    settings: TrainingSettings,
    factors: Sequence[Factor],
    seeds: Sequence[int],
    *,
    question: Question,
    choices: Sequence[Choice] | None = None,
    title: str = "",
    document_id: str = "",
    objective: Objective | None = None,
    budget: Budget | None = None,
    strategy: Strategy | None = None,
) -> Study:
    """A study as it would be asked; nothing is written.

    Args:
        architecture: The network of the base.
        settings: How all variants are trained, as far as no factor varies it.
        factors: What is varied.
        seeds: Each variant is trained once with each.
        question: What it asks.
        choices: The variants' levels; None for the base and one change at a time, or the base
            alone where the strategy searches.
        title: What a person calls it; empty for one made of question and network.
        document_id: The document that it is about; empty for none.
        objective: What variants are judged by; None for the last epoch's validation accuracy.
        budget: What a variant may cost; None for no limit.
        strategy: How the study comes to its variants; None for the listed ones.

    Raises:
        BuilderError: A factor cannot vary anything, or nothing could be trained.
    """
    subject = Subject(architecture, settings)
    check_factors(subject, factors)
    is_search = isinstance(strategy, SearchStrategy)
    usual = (NO_CHANGE,) if is_search else one_at_a_time(subject, factors)
    study = Study(
        id="",
        folder=Path(),
        title=title or f"{question.capitalize()} of {architecture.name}",
        question=question,
        document_id=document_id,
        created="",
        architecture=architecture,
        settings=replace(settings, seed=min(seeds, default=0)),
        factors=tuple(factors),
        choices=tuple(usual if choices is None else choices),
        seeds=check_seeds(seeds),
        objective=objective or Objective(),
        budget=budget or Budget(),
        strategy=strategy or Listed(),
    )
    _check_halving(study)
    if not study.trained and not study.is_search:  # what a search trains comes later
        first = study.variants[0].problem if study.variants else None
        raise StudyError("no variant can be trained", problem_text(first) or "it has no variants")
    return study


def _check_halving(study: Study) -> None:
    """Refuses halving where a training that goes on is not one that was planned that long."""
    if not study.is_search or not study.search.halves:
        return
    varied = {each.setting.partition(".")[0] for each in study.factors if isinstance(each, Setting)}
    told = (
        (len(study.seeds) > 1, "it trains candidates with one seed, the winner with others"),
        (not isinstance(study.settings.schedule, Constant), "a schedule depends on all epochs"),
        (study.settings.patience is not None, "patience ends trainings by itself"),
        (bool(varied & _FIXED), f"{', '.join(sorted(varied & _FIXED))} must not be varied"),
    )
    for is_wrong, why in told:
        if is_wrong:
            raise StudyError(f"successive halving is not possible: {why}", "search without it")


def seconds_of(home: Path, study: Study, machine: Sequence[Device]) -> float | None:
    """How long a planned study will take; candidates of a search count as large as the base.

    Args:
        home: The data folder.
        study: The study.
        machine: The devices of this machine.

    Returns:
        None where nothing is known, as when the data are gone.
    """
    total = 0.0
    measured = study.trained or tuple(filter(study.only_fresh, study.variants))
    for variant in measured:
        assert variant.architecture is not None
        known = estimate_time(home, infer(variant.architecture), variant.settings, machine)
        if known is None:
            return None
        total += known.seconds
    return total * study.planned / len(measured) if measured else None


def start(home: Path, study: Study) -> Study:
    """Writes a planned study down and starts its process.

    Raises:
        BuilderError: The disk is full, or the process cannot be started; no study was made.
    """
    with explained("the study cannot be started", "no study was made"):
        made = study_folder.create(home, study)
        _launch(made)
    return made


def end(study: Study, *, pause: bool = False) -> None:
    """Pauses or stops a study, and the training that it is at.

    Raises:
        BuilderError: The disk is full.
    """
    wish = Wanted.PAUSED if pause else Wanted.STOPPED
    with explained(f"{study.title} cannot be asked to end", "try it again"):
        study_folder.want(study, wish)


def go_on(
    study: Study, *, more_seeds: int = 0, more_trials: int = 0, deleted_too: bool = False
) -> Study:
    """Lets a study that stands still go on, with more seeds or candidates perhaps.

    Trainings that were deleted before they had a result are trained.

    Args:
        study: The study.
        more_seeds: Seeds to add.
        more_trials: Candidates to add to a search.
        deleted_too: Whether deleted trainings that have a result are trained again as well.

    Raises:
        BuilderError: It would have too many of them, or is no search and has no candidates, or the
            disk is full, or it runs and deleted trainings are wanted again; nothing has changed.
    """
    with explained(f"{study.title} cannot go on", "nothing has changed"):
        more = study_folder.add_trials(study, more_trials) if more_trials else study
        more = study_folder.add_seeds(more, more_seeds) if more_seeds else more
        try:
            _forget_deleted(more, with_results=deleted_too)
            study_folder.want(more, Wanted.RUNNING)
            _launch(more)
        except (OSError, StudyError):
            study_folder.write(study)
            raise
    return more


def _forget_deleted(study: Study, *, with_results: bool) -> None:
    """Drops what is known of deleted trainings, so that the study's process trains them."""
    try:
        with locked(study.folder / study_folder.LOCK, 0):
            known = study_folder.results(study)
            gone = deleted_trainings(study, known)
            wanted = [each for each in gone if with_results or not each.has_result]
            if known is not None and wanted:
                study_folder.write_results(study, without(known, wanted))
    except BusyError:  # its process does without them, until it is resumed
        if with_results:
            raise StudyError(f"{study.title} is running", "pause it first") from None


def revive(home: Path) -> list[Study]:
    """Starts the process of each study that should run and has none, as after a power cut.

    One that cannot be read or started stays as it is. It is cheap if there is none.
    """
    found: list[Study] = []
    for folder in study_folder.orphans(home):
        with contextlib.suppress(OSError, StudyError):
            study = study_folder.read(folder)
            _launch(study)
            found.append(study)
    return found


def _launch(study: Study) -> None:
    """Starts a study's process in its own session, so it outlives the process that started it."""
    detached.launch("builder.studies", study.folder, study.folder / study_folder.LOG)
