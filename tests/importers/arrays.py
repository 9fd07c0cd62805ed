"""Weights and inputs that anybody can make again, with whichever Keras."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def values_for(number: int, shape: Sequence[int], trainable: bool) -> Any:
    """The weights of a model's array by its number in the file; arrays alike differ by it."""
    size = int(np.prod(shape))
    low = -0.3 if trainable else 0.1  # a variance is positive
    values = np.random.default_rng([number, size]).uniform(low, 0.3, size)
    return values.reshape(tuple(shape)).astype("float32")


def inputs_for(shape: Sequence[int]) -> Any:
    """Two examples with values from -4 to 4, where functions differ from each other."""
    return np.random.default_rng(7).uniform(-4, 4, (2, *shape)).astype("float32")
