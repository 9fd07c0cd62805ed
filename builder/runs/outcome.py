"""The outcome of a training: its best epoch, and which model was kept and evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from builder.runs.metric_rows import EpochMetrics
from builder.runs.run_folder import Run
from builder.runs.run_state import BEST
from builder.training.best_epoch import best_epoch

JUDGED_BY = ("val_accuracy", "val_loss", "loss")
"""The metrics that runs are compared by; the first one that was recorded counts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a training so far.

    Attributes:
        monitor: The metric that counts; empty before the end of the first epoch.
        best: Its best value; None where there is none.
        best_epoch: The epoch of that value, counted from 1; 0 where there is none.
        curve: The monitor's value after each epoch; None where it was not a finite number.
    """

    monitor: str = ""
    best: float | None = None
    best_epoch: int = 0
    curve: tuple[float | None, ...] = ()


def outcome(epochs: Sequence[EpochMetrics]) -> Outcome:
    """Finds the best epoch by the first of `JUDGED_BY` that was recorded."""
    for monitor in JUDGED_BY:
        values = _values(monitor, epochs)
        best = best_epoch(monitor, values)
        if best is not None:
            return Outcome(monitor, values[best], best, tuple(values.values()))
    return Outcome()


def kept_epoch(run: Run, epochs: Sequence[EpochMetrics]) -> int | None:
    """The epoch whose model is kept as the best one, by the metric that the settings name.

    `outcome` may call another epoch the best: the settings name the metric that this training
    monitors, whereas runs are compared by a common one.

    Returns:
        None where no model is kept.
    """
    settings = run.settings
    if settings is None or not settings.keep_best or not (run.folder / BEST).exists():
        return None
    return best_epoch(settings.monitor, _values(settings.monitor, epochs))


def evaluated(run: Run) -> tuple[str, int] | None:
    """Which model a finished run was evaluated with, `last` or `best`, and its epoch.

    None where that was not recorded; earlier versions evaluated the last one.
    """
    noted = run.state.results.get("evaluated")
    if not isinstance(noted, dict):
        return None
    which = cast(dict[str, Any], noted)
    model, epoch = which.get("model"), which.get("epoch")
    return (model, epoch) if model in ("last", "best") and type(epoch) is int else None


def _values(metric: str, epochs: Sequence[EpochMetrics]) -> Mapping[int, float | None]:
    """A metric by epoch."""
    return {row.epoch: row.metrics.get(metric) for row in epochs}
