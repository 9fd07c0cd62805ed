"""A look at pictures beside a page, which would have to wait for it otherwise."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.analysis.prediction_process import Look, PredictionProcess
from builder.system.background import Background

LookWork = Background[Look]
"""What is looked at, and what a model makes of it when it is done."""


def look(
    process: PredictionProcess,
    model: Path,
    images: NDArray[np.uint8] | None = None,
    layer: str | None = None,
    chosen: int | None = None,
    *,
    are_probabilities: bool = False,
) -> LookWork:
    """Begins a look.

    Args:
        process: Whom to ask.
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
