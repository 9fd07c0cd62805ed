"""Finds the best epoch of a training by a metric; the only place that decides this."""

from collections.abc import Mapping
from typing import Literal

Mode = Literal["min", "max"]


def mode(metric: str) -> Mode:
    """Whether smaller or larger values of a metric are better, in Keras's words."""
    return "min" if metric.endswith("loss") else "max"


def best_epoch(metric: str, values: Mapping[int, float | None]) -> int | None:
    """The first epoch with the best value, as Keras's `ModelCheckpoint` and `EarlyStopping` see it.

    Args:
        metric: Its name, such as `val_loss`.
        values: Its value after each epoch, in order; None where it is not a finite number.

    Returns:
        None where no epoch has a value.
    """
    found = {epoch: value for epoch, value in values.items() if value is not None}
    better = min if mode(metric) == "min" else max
    return better(found, key=found.__getitem__, default=None)
