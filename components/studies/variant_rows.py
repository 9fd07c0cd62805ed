"""The variants of a study as rows of its table."""

from functools import lru_cache

from builder.runs.status import ACTIVE, BROKEN, RunStatus
from builder.studies.outcome import VariantOutcome
from builder.studies.study import Objective
from builder.studies.variants import BASE
from builder.studies.verdict import Comparison
from builder.studies.wording import amount, change, signed, unit, value_words, verdict_words
from components.shell import format as fmt
from components.studies.reading import Reading
from components.table import Cell, Column, Row


def columns(reading: Reading) -> tuple[Column, ...]:
    """The columns, with a line at the base's mean."""
    known = reading.known
    base = known.variants.get(BASE) if known else None
    return (
        Column("variant", "Variant", "name"),
        Column("state", "State"),
        Column("dots", "Seeds", "dots", down_first=True, mark=base.reported_mean if base else None),
        Column("mean", "Mean", "number", down_first=True),
        Column("difference", _head(reading.study.objective), "number"),
        Column("params", "Params", "number", down_first=True),
        Column("macs", "MACs", "number", down_first=True),
        Column("time", "Time", "number", down_first=True),
    )


@lru_cache(maxsize=32)
def rows(reading: Reading) -> tuple[Row, ...]:
    """A row for each variant, those too that are not trained."""
    known = reading.known
    if known is None:
        return ()
    return tuple(
        _row(key, row, known.comparisons.get(key), reading) for key, row in known.variants.items()
    )


def _row(key: str, row: VariantOutcome, found: Comparison | None, reading: Reading) -> Row:
    objective = reading.study.objective
    values = row.reported
    verdict = verdict_words(found, objective) if found and found.differences else ""
    told = row.obstacle or verdict
    seconds = sum(run.seconds for run in (*row.runs.values(), *row.fresh.values()))
    cells = {
        "variant": Cell(row.title, small=told, order=row.title.lower()),
        "state": _state(row, len(reading.study.seeds), _deleted(key, reading)),
        "dots": Cell(
            title=", ".join(value_words(value, objective) for value in values.values()),
            order=row.reported_mean,
            dots=tuple(values.values()),
        ),
        "mean": Cell(value_words(row.reported_mean, objective), order=row.reported_mean),
        "difference": _difference(found, objective),
        "params": Cell(
            fmt.quantity(row.params, "").strip(), title=fmt.count(row.params), order=row.params
        ),
        "macs": Cell(fmt.quantity(row.macs, "").strip(), title=fmt.count(row.macs), order=row.macs),
        "time": Cell(fmt.duration(seconds) if seconds else "", order=seconds or None),
    }
    return Row(key, cells, is_quiet=bool(row.problem) and not row.only_fresh)


def _head(objective: Objective) -> str:
    return ", ".join(filter(None, ("Variant − base", unit(objective).strip())))


def _deleted(key: str, reading: Reading) -> frozenset[int]:
    """The seeds of a variant's trainings that were deleted."""
    return frozenset(each.seed for each in reading.deleted if each.key == key)


def _state(row: VariantOutcome, seeds: int, deleted: frozenset[int]) -> Cell:
    if row.problem:
        words = "Fresh seeds only" if row.only_fresh else "Not trained"
        return Cell(words, level="quiet", order=-1)
    ended = sum(run.state is RunStatus.FINISHED for run in row.runs.values())
    done = f"{ended} of {seeds}{f', {len(deleted)} deleted' if deleted else ''}"
    there = [run for seed, run in row.runs.items() if seed not in deleted]
    states = [run.state for run in there]
    failed = [run.message for run in there if run.state in BROKEN]
    if failed:
        why = next(filter(None, failed), "")
        return Cell(f"{done}, {len(failed)} failed", title=why, level="error", order=ended)
    if any(state in ACTIVE for state in states):
        return Cell(f"{done}, training", level="active", order=ended)
    return Cell(done, level="good" if ended == seeds else "quiet", order=ended)


def _difference(found: Comparison | None, objective: Objective) -> Cell:
    """How far the variant is from the base, with the ends of the interval."""
    if found is None or found.mean is None:
        return Cell()
    mean = change(found.mean, objective)
    told = signed(mean, objective)
    if found.low is None or found.high is None:
        return Cell(told, order=mean)
    low, high = sorted(change(end, objective) for end in (found.low, found.high))
    ends = f"{amount(low, objective)} to {amount(high, objective)}"
    return Cell(told, small=ends, order=mean, title="Mean of the paired differences, 95 % interval")
