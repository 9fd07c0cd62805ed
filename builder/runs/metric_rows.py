"""Rows of the metrics' tables as values: checked, joined to series, and thinned out."""

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from builder.system.errors import shown

_DAMAGE = (TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What parsing raises for values that are not metrics."""


@dataclass(frozen=True, slots=True)
class Points:
    """Batch metrics, oldest first.

    Attributes:
        steps: Batches counted from 0 over the run.
        epochs: The same as fractions of epochs: 1.0 is the end of the first.
        series: Values by metric, as long as `steps`; None where a value is missing or infinite.
        last_step: The newest step that was looked at; -1 where there is none.
    """

    steps: tuple[int, ...]
    epochs: tuple[float, ...]
    series: Mapping[str, tuple[float | None, ...]]
    last_step: int


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """The metrics of an epoch.

    Attributes:
        epoch: Counted from 1.
        time: When it ended, in seconds since 1970.
        metrics: Keras's means over the epoch, `val_…`, `learning_rate` (as the epoch began),
            `seconds` and `images_per_second`; None where a value is not a finite number.
    """

    epoch: int
    time: float
    metrics: Mapping[str, float | None]


def reduce_extremes(series: Sequence[Sequence[float]], length: int, limit: int) -> list[int]:
    """Chooses which points to show so that no minimum and no maximum is lost.

    The points are divided into equal stretches; in each, every series keeps its lowest and highest
    point. The first and the last point always stay.

    Args:
        series: Lines of equal length; values that are not numbers are skipped.
        length: Their length.
        limit: How many points may stay, at least 2 + 2 per line.

    Returns:
        Indices, ascending.
    """
    if length <= limit:
        return list(range(length))
    import numpy as np  # 11 MB that a server without trainings does not need

    num_stretches = max(1, (limit - 2) // (2 * max(len(series), 1)))
    edges = np.linspace(0, length, num_stretches + 1).astype(int)
    keep = {0, length - 1}
    for line in np.array(series, np.float64):
        for start, stop in itertools.pairwise(edges):
            stretch = line[start:stop]
            numbers = np.flatnonzero(np.isfinite(stretch))
            if len(numbers):
                keep.add(int(start + numbers[np.argmin(stretch[numbers])]))
                keep.add(int(start + numbers[np.argmax(stretch[numbers])]))
    return sorted(keep)


def read_points(rows: Sequence[Any], limit: int) -> Points | None:
    """Joins rows of batches into series; None where there are none that can be read.

    Args:
        rows: Step, epoch, batch, metrics, and the number of batches in an epoch.
        limit: Beyond this many points only minima and maxima are kept.
    """
    if not rows:
        return None
    try:
        return _points(rows, _objects(row[3] for row in rows), limit)
    except _DAMAGE:  # parts of which may be readable
        read = [(row, found) for row in rows if (found := _batch(row)) is not None]
    if not read:
        return None
    return _points([row for row, _ in read], [found for _, found in read], limit)


def _points(
    rows: Sequence[Any], values: Sequence[Mapping[str, float | None]], limit: int
) -> Points:
    """Joins the rows of batches into series, with at most as many points as may be shown.

    Raises:
        ValueError: A row holds something else; likewise TypeError, AttributeError, OverflowError.
    """
    if len(values) != len(rows) or type(rows[-1][0]) is not int:
        raise ValueError("not one object for each row")
    names = dict.fromkeys(name for row in (values[0], values[-1]) for name in row)
    series = {name: [_number(row.get(name)) for row in values] for name in names}
    keep = reduce_extremes(list(series.values()), len(rows), limit)
    num_batches = rows[0][4] if is_real(rows[0][4]) and rows[0][4] >= 1 else 1
    return Points(
        steps=tuple(rows[index][0] for index in keep),
        epochs=tuple(
            round(rows[index][1] - 1 + (rows[index][2] + 1) / num_batches, 6) for index in keep
        ),
        series={
            name: tuple(_finite(line[index]) for index in keep) for name, line in series.items()
        },
        last_step=rows[-1][0],
    )


def _objects(texts: Iterable[str]) -> list[dict[str, float | None]]:
    """Parses JSON objects, all at once since that is several times faster."""
    return json.loads(f"[{','.join(texts)}]")


def _batch(row: Sequence[object]) -> dict[str, float | None] | None:
    """The metrics of one batch; None where its row holds something else."""
    return read_metrics(row[3]) if all(type(value) is int for value in row[:3]) else None


def read_epoch(row: Sequence[Any]) -> EpochMetrics | None:
    """One epoch; None where its row holds something else."""
    number, moment, text = row
    metrics = read_metrics(text)
    if metrics is None or type(number) is not int or not is_real(moment):
        return None
    return EpochMetrics(number, moment, metrics)


def read_metrics(text: object) -> dict[str, float | None] | None:
    """Numbers by their names; None where the text holds something else."""
    try:
        found = cast("dict[str, object]", json.loads(cast(str, text)))
        json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate is not a name
        return {name: _checked(value) for name, value in found.items()}
    except _DAMAGE:
        return None


def _checked(value: object) -> float | None:
    """A metric's value; None where it is not finite.

    Raises:
        TypeError: It is something else.
        OverflowError: It is too large for a number.
    """
    if value is None:
        return None
    if type(value) not in (int, float):
        raise TypeError(f"received {shown(value)}, expected a number")
    number = cast("float", value)
    return number if math.isfinite(number) else None


def is_real(value: object) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, (int, float)) and math.isfinite(value)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _number(value: float | None) -> float:
    return math.nan if value is None else value
