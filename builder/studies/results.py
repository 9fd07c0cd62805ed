"""What came out of a study so far: the objective by variant and seed, and what may be concluded.

Worked out by the study's process, which alone loads SciPy, and kept in `results.json`; pages and
the command line read that file.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from builder.runs.json_files import write_values
from builder.runs.metrics import EpochMetrics, MetricsReader
from builder.runs.overview import Overview
from builder.runs.run_folder import Run
from builder.runs.status import RunStatus
from builder.studies.asked import Objective, Place, Standing, Study
from builder.studies.statistics import compare
from builder.studies.study_folder import RESULTS, RESULTS_FORMAT
from builder.studies.variants import BASE
from builder.training.best_epoch import best_epoch

ENDED_WELL = RunStatus.FINISHED
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")


def objective_of(epochs: Sequence[EpochMetrics], objective: Objective) -> float | None:
    """What a training came to, by the objective; None where it has no such finite number."""
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


def summarize(study: Study, runs: Mapping[tuple[str, int], Run]) -> dict[str, Any]:
    """All that is known of a study, as plain JSON."""
    rows = {
        variant.key: {
            "title": variant.title,
            "params": variant.params,
            "macs": variant.macs,
            "problem": variant.problem,
            "levels": [[study.factors[n].name, level] for n, level in variant.levels.items()],
            "runs": _runs(study, variant.key, runs),
        }
        for variant in study.variants
    }
    return {
        "variants": rows,
        "comparisons": _comparisons(study, rows),
        "seeds": list(study.seeds),
        "planned": len(study.trained) * len(study.seeds),
        "ended": sum(not run.is_active for run in runs.values()),
    }


def write_results(
    study: Study, summary: Mapping[str, Any], standing: Standing, message: str
) -> None:
    """Keeps what is known.

    Args:
        study: The study.
        summary: What `summarize` gave.
        standing: How the study stands.
        message: Why, where that is not plain.

    Raises:
        OSError: The disk is full.
    """
    values = {"standing": standing, "message": message, **summary}
    write_values(study.folder / RESULTS, RESULTS_FORMAT, values)


def _runs(study: Study, key: str, runs: Mapping[tuple[str, int], Run]) -> dict[str, dict[str, Any]]:
    """The runs of a variant by seed: id, state, the objective, all metrics and the seconds."""
    found: dict[str, dict[str, Any]] = {}
    for seed in study.seeds:
        run = runs.get((key, seed))
        if run is None:
            continue
        epochs = () if run.is_active else MetricsReader(run.folder).epochs()
        last: Mapping[str, float | None] = epochs[-1].metrics if epochs else {}
        ended_well = run.state.state is RunStatus.FINISHED
        found[str(seed)] = {
            "run": run.id,
            "state": str(run.state.state),
            "message": run.state.message,
            "value": objective_of(epochs, study.objective) if ended_well else None,
            "metrics": {name: last.get(name) for name in METRICS if last.get(name) is not None},
            "seconds": run.state.seconds,
        }
    return found


def _comparisons(study: Study, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Each variant that is trained beside the base, where the base is one of them."""
    values = {
        key: {
            int(seed): run["value"] for seed, run in row["runs"].items() if run["value"] is not None
        }
        for key, row in rows.items()
    }
    others = [variant.key for variant in study.trained if variant.key != BASE]
    if BASE not in values or not others:
        return {}
    found = compare(values[BASE], [values[key] for key in others], study.objective.higher_is_better)
    return {
        key: {**asdict(each), "differences": {str(s): d for s, d in each.differences.items()}}
        for key, each in zip(others, found, strict=True)
    }
