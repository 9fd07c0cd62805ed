"""Trainings of a study whose runs were deleted, and what that means for the answer.

A run that had finished has its result in `results.json`: that counts on, and the run's curves,
checkpoints and log are gone until it is restored. One that had not finished leaves a gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from builder.checks.wording import count
from builder.runs.run_folder import runs_folder
from builder.runs.status import ACTIVE, RunStatus
from builder.studies.outcome import Results, RunOutcome
from builder.studies.study import Study

Plan = tuple[str, int]
"""A variant's key and a seed."""

_NAMED = 3
"""How many are named; of the others the number is told."""
_WAS_DELETED = "it was deleted before it ended"


@dataclass(frozen=True, slots=True)
class DeletedTraining:
    """A training of a study whose run is not there any more.

    Attributes:
        key: The key of its variant.
        title: What a person calls that.
        seed: Its seed.
        run: The id of the run.
        has_result: Whether it had finished, so that its result counts.
    """

    key: str
    title: str
    seed: int
    run: str
    has_result: bool


def deleted_trainings(study: Study, known: Results | None) -> tuple[DeletedTraining, ...]:
    """The trainings in the results of a study whose runs were deleted."""
    if known is None:
        return ()
    try:
        there = {path.name for path in runs_folder(study.folder.parents[1]).iterdir()}
    except FileNotFoundError:
        there = set[str]()
    return tuple(
        DeletedTraining(key, known.variants[key].title, seed, run.run, has_result(run))
        for (key, seed), run in outcomes(known).items()
        if run.run not in there
    )


def outcomes(known: Results | None) -> dict[Plan, RunOutcome]:
    """The trainings in the results of a study, those on fresh seeds too."""
    if known is None:
        return {}
    return {
        (key, seed): run
        for key, row in known.variants.items()
        for seed, run in (*row.runs.items(), *row.fresh.items())
    }


def has_result(run: RunOutcome) -> bool:
    """Whether the result of a deleted training counts on."""
    return run.state is RunStatus.FINISHED


def as_deleted(run: RunOutcome) -> RunOutcome:
    """The outcome of a training as it stays once its run was deleted; that runs no longer."""
    if run.state not in ACTIVE:
        return run
    return replace(run, state=RunStatus.LOST, message=_WAS_DELETED, value=None)


def without(known: Results, gone: Sequence[DeletedTraining]) -> Results:
    """Results that know nothing of some trainings, so that those are trained again."""
    plans = {(each.key, each.seed) for each in gone}

    def left(key: str, runs: Mapping[int, RunOutcome]) -> dict[int, RunOutcome]:
        return {seed: run for seed, run in runs.items() if (key, seed) not in plans}

    rows = {
        key: replace(row, runs=left(key, row.runs), fresh=left(key, row.fresh))
        for key, row in known.variants.items()
    }
    ended = known.ended - sum(each.has_result for each in gone)
    return replace(known, variants=rows, ended=ended)


def deleted_words(gone: Sequence[DeletedTraining]) -> tuple[str, ...]:
    """What was deleted and what that means for the answer, as a sentence or two for each kind."""
    kept = [each for each in gone if each.has_result]
    lost = [each for each in gone if not each.has_result]
    told: list[str] = []
    if kept:
        whose = "Its result still counts, its" if len(kept) == 1 else "The results still count, the"
        told.append(f"{_counted(kept)} deleted: {_listed(kept)}. {whose} curves are gone.")
    if lost:
        alone = len(lost) == 1
        before, them = ("it", "it") if alone else ("they", "them")
        told.append(
            f"{_counted(lost)} deleted before {before} had a result: {_listed(lost)}. The answer "
            f"does without {them} until {before} {'is' if alone else 'are'} trained again."
        )
    return tuple(told)


def _counted(gone: Sequence[DeletedTraining]) -> str:
    return f"{count(len(gone), 'training')} {'was' if len(gone) == 1 else 'were'}"


def _listed(gone: Sequence[DeletedTraining]) -> str:
    named = ", ".join(f"{each.title} with seed {each.seed}" for each in gone[:_NAMED])
    more = len(gone) - _NAMED
    return f"{named}, and {more} more" if more > 0 else named
