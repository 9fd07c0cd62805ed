"""What the browser calculates as Python does: both are held to the same tables of examples."""

import json
import math
from typing import Any

import numpy as np

from builder.runs.metric_rows import reduce_extremes
from builder.training.best_epoch import best_epoch
from components.scripts import FRONTEND
from components.shell import format as fmt

NUMBERS = (0, 0.05, 0.69314, 2.30258, 9.94, 9.95, 12.3456, 59.7, 1234.56, 3725, 90_000, 0.000012)

CURVES: tuple[tuple[str, list[float | None]], ...] = (
    ("val_loss", [0.9, 0.4, None, 0.4, 0.6]),
    ("val_accuracy", [0.5, 0.75, 0.75, 0.25]),
    ("val_mean_absolute_error", [3.0, 1.0]),
    ("loss", [None, 2.0]),
    ("val_loss", [None, None]),
)

LINES: tuple[tuple[list[float | None], int], ...] = (
    ([5, 6, 7, 8], 4),
    ([0, 9, 1, 8, 2, 7, 3, 6, 4, 5, 5, 4], 6),
    ([3, 3, 3, 3, 3, 3, 3, 3], 4),
    ([None, 2, None, 1, 5, None, None, 4, None], 4),
    ([round(float(np.sin(step / 3)), 4) for step in range(100)], 31),
    ([(7 * step) % 97 for step in range(96)], 2),
)


def examples(name: str) -> Any:
    return json.loads((FRONTEND / "tests" / name).read_text(encoding="utf-8"))


def written(value: float) -> dict[str, float | str]:
    return {
        "value": value,
        "metric": fmt.metric(value),
        "duration": fmt.duration(value),
        "rate": fmt.rate(value),
        "count": fmt.count(int(value)),
        "size": fmt.size(int(1e6 * value)),
    }


def best(metric: str, values: list[float | None]) -> dict[str, Any]:
    found = best_epoch(metric, dict(enumerate(values, 1)))
    return {"metric": metric, "values": values, "best": found}


def thinned(values: list[float | None], limit: int) -> dict[str, Any]:
    line = [math.nan if value is None else value for value in values]
    return {"values": values, "limit": limit, "kept": reduce_extremes([line], len(values), limit)}


def test_numbers_are_written_alike() -> None:
    assert examples("numbers.json") == [written(value) for value in NUMBERS]


def test_the_best_epoch_is_the_same() -> None:
    assert examples("bestEpochs.json") == [best(*curve) for curve in CURVES]


def test_lines_are_thinned_alike() -> None:
    assert examples("thinned.json") == [thinned(*line) for line in LINES]
