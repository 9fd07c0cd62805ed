"""How long a study still takes, by what its trainings took so far."""

from statistics import fmean

from builder.runs.status import ACTIVE, RunStatus
from builder.studies.outcome import Results, VariantOutcome


def seconds_left(known: Results) -> float | None:
    """The seconds until all trainings are done, one after another; None before the first has ended.

    A variant without a training that has ended takes as long as those of the others on average.
    """
    taken = {
        key: fmean(seconds) for key, row in known.variants.items() if (seconds := _seconds(row))
    }
    if not taken:
        return None
    usual = fmean(taken.values())
    return sum(
        taken.get(key, usual) * _missing(row, len(known.seeds))
        for key, row in known.variants.items()
        if not row.problem
    )


def _missing(row: VariantOutcome, seeds: int) -> int:
    return seeds - sum(run.state not in ACTIVE for run in row.runs.values())


def _seconds(row: VariantOutcome) -> list[float]:
    finished = [run for run in row.runs.values() if run.state is RunStatus.FINISHED]
    return [run.seconds for run in finished if run.seconds > 0]
