"""Which epoch of a training is the best by a metric: the one rule for everything that asks."""

from collections.abc import Mapping
from typing import Literal

Mode = Literal["min", "max"]


def mode(metric: str) -> Mode:
    """Whether a metric is better when it is smaller or larger, in Keras's word for it."""
    return "min" if metric.endswith("loss") else "max"


def best_epoch(metric: str, values: Mapping[int, float | None]) -> int | None:
    """The first epoch with the best value, as Keras's `ModelCheckpoint` and `EarlyStopping` see it.

    Args:
        metric: Its name, such as `val_loss`.
        values: Its value after each epoch, in order; None where it is no finite number.

    Returns:
        None where no epoch has a value.
    """
    found = {epoch: value for epoch, value in values.items() if value is not None}
    better = min if mode(metric) == "min" else max
    return better(found, key=found.__getitem__, default=None)
