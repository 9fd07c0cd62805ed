"""Predictions in the background of a page, which would have to wait otherwise."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.analysis.prediction_process import Look, PredictionProcess
from builder.system.background import Background

LookWork = Background[Look]
"""The pictures, and a model's results once they are ready."""


def look(
    process: PredictionProcess,
    model: Path,
    images: NDArray[np.uint8] | None = None,
    layer: str | None = None,
    chosen: int | None = None,
    *,
    are_probabilities: bool = False,
) -> LookWork:
    """Begins the work.

    Args:
        process: The process to ask.
        model: A `.keras` file.
        images: As for `PredictionProcess.look`.
        layer: As there.
        chosen: As there.
        are_probabilities: As there.
    """
    return Background(
        lambda cancel: process.look(
            model,
            images,
            layer=layer,
            chosen=chosen,
            are_probabilities=are_probabilities,
            cancel=cancel,
        ),
        "looking at the pictures",
    )
