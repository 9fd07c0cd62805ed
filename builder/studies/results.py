"""The results of a study so far: the objective by variant and seed, and what may be concluded.

Only the study's process imports this module, which loads SciPy, and writes the results to
`results.json`. Pages and the command line read that file.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import fmean

from builder.runs.metrics import EpochMetrics, MetricsReader
from builder.runs.overview import Overview
from builder.runs.run_folder import Run
from builder.runs.status import RunStatus
from builder.studies.deleted import has_result
from builder.studies.outcome import RefusedTraining, Results, RunOutcome, VariantOutcome
from builder.studies.problems import problem_text
from builder.studies.statistics import compare
from builder.studies.study import Objective, Place, Standing, Study
from builder.studies.variants import BASE, Variant
from builder.studies.verdict import Comparison
from builder.system.errors import Problem
from builder.training.best_epoch import best_epoch

METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")


def objective_of(epochs: Sequence[EpochMetrics], objective: Objective) -> float | None:
    """The objective of a training; None where it is missing or not finite."""
    values = {row.epoch: row.metrics.get(objective.metric) for row in epochs}
    if not values:
        return None
    epoch = max(values) if objective.at == "last" else best_epoch(objective.metric, values)
    value = values.get(epoch) if epoch is not None else None
    return value if value is not None and math.isfinite(value) else None


def runs_of(study: Study, overviews: Sequence[Overview]) -> dict[tuple[str, int], Run]:
    """The run of each variant and seed that was started: the newest where there are several."""
    found: dict[tuple[str, int], Run] = {}
    for overview in reversed(overviews):  # the newest stand in front
        place = Place.of(overview.run)
        if place is not None and place.study == study.id:
            found[place.variant, place.seed] = overview.run
    return found


def summarize(
    study: Study,
    runs: Mapping[tuple[str, int], Run],
    standing: Standing = Standing.RUNNING,
    message: str = "",
    refused: Mapping[tuple[str, int], Problem] | None = None,
    deleted: Mapping[tuple[str, int], RunOutcome] | None = None,
) -> Results:
    """Collects the results of a study.

    Args:
        study: The study.
        runs: What `runs_of` gave.
        standing: How the study stands.
        message: The reason, where it is not obvious.
        refused: Why trainings could not be started, by variant and seed.
        deleted: What is known of trainings whose runs were deleted, likewise.
    """
    found = {plan: _run_outcome(run, study.objective) for plan, run in runs.items()}
    trainings = dict(deleted or {}) | found
    origins = {each.key: each.origin for each in study.progress.candidates}
    outcomes = {
        variant.key: replace(_outcome(study, variant, trainings), origin=origins.get(variant.key))
        for variant in study.variants
    }
    return Results(
        standing=standing,
        message=message,
        variants=outcomes,
        comparisons=_comparisons(study, outcomes),
        seeds=study.seeds,
        planned=study.planned,
        ended=sum(map(_has_ended, runs.values())) + sum(map(has_result, (deleted or {}).values())),
        refused=tuple(
            RefusedTraining(variant, seed, *problem.words, code=problem.code)
            for (variant, seed), problem in (refused or {}).items()
        ),
        rejected=study.progress.rejected,
        winners=study.progress.winners,
        front=study.progress.front,
        importances=study.progress.importances,
    )


def _outcome(
    study: Study, variant: Variant, trainings: Mapping[tuple[str, int], RunOutcome]
) -> VariantOutcome:
    found = {
        seed: trainings.get((variant.key, seed)) for seed in (*study.seeds, *study.fresh_seeds)
    }
    known = {seed: run for seed, run in found.items() if run}
    trained = study.trained_as(variant.key)
    return VariantOutcome(
        title=variant.title,
        params=variant.params,
        macs=variant.macs,
        problem=problem_text(variant.problem),
        levels=tuple((study.factors[n].name, level) for n, level in variant.levels.items()),
        runs={seed: run for seed, run in known.items() if seed in study.seeds},
        fresh={seed: run for seed, run in known.items() if seed not in study.seeds},
        same_as=trained.key if trained is not variant else "",
        only_fresh=study.only_fresh(variant),
    )


def _run_outcome(run: Run, objective: Objective) -> RunOutcome:
    epochs = () if run.is_active else _epochs(run.folder, _ending(run))
    last = {name: epochs[-1].metrics.get(name) for name in METRICS} if epochs else {}
    ended_well = run.state.state is RunStatus.FINISHED
    return RunOutcome(
        run=run.id,
        state=run.state.state,
        message=run.state.message,
        value=objective_of(epochs, objective) if ended_well else None,
        metrics={name: value for name, value in last.items() if value is not None},
        seconds=run.state.seconds,
        epochs=epochs[-1].epoch if epochs else 0,
    )


@lru_cache(maxsize=10_000)
def _epochs(folder: Path, _ended: Hashable) -> tuple[EpochMetrics, ...]:
    """The epochs of a run that has ended, read once for each of its ends."""
    return tuple(MetricsReader(folder).epochs())


def _has_ended(run: Run) -> bool:
    """Whether a training is over; a paused one goes on with its study."""
    return not run.is_active and run.state.state is not RunStatus.PAUSED


def _ending(run: Run) -> Hashable:
    """Tells the ends of a run apart: it may be resumed, and end again."""
    state = run.state
    return state.state, state.session, state.epoch, state.updated


def _comparisons(study: Study, outcomes: Mapping[str, VariantOutcome]) -> dict[str, Comparison]:
    """Each variant that is trained beside the base, where the base is one of them.

    In a search only those that are trained again, and on fresh seeds: the best of many is partly
    good by chance.
    """
    others = [variant.key for variant in study.trained if variant.key != BASE]
    compared = study.progress.confirmed if study.is_search else others
    if BASE not in outcomes or not compared:
        return {}
    values = {
        key: each.fresh_values if study.is_search else each.values for key, each in outcomes.items()
    }
    higher = study.objective.higher_is_better
    found = compare(values[BASE], [values[key] for key in compared], higher)
    return dict(zip(compared, found, strict=True))


def mean_objective(
    study: Study,
    key: str,
    runs: Mapping[tuple[str, int], Run],
    deleted: Mapping[tuple[str, int], RunOutcome],
) -> float | None:
    """A variant's mean objective, without fresh seeds; None where no training finished.

    Args:
        study: The study.
        key: The variant's key.
        runs: What `runs_of` gave.
        deleted: What is known of trainings whose runs were deleted.
    """
    plans = [(key, seed) for seed in study.seeds]
    values = [_run_outcome(runs[plan], study.objective).value for plan in plans if plan in runs]
    values += [deleted[plan].value for plan in plans if plan in deleted]
    found = [value for value in values if value is not None]
    return fmean(found) if found else None
