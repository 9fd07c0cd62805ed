"""Prints how far a layer's gradients in float32 are from those in float64, which has no oneDNN.

Reads a JSON list of layers from standard input: Keras's class, its arguments, the input's shape,
the batch size. Prints a line for each: its number, and the largest error over the largest value.
"""

import json
import sys
from typing import Any

import keras
import numpy as np
import tensorflow as tf  # pyright: ignore[reportMissingTypeStubs]

tensorflow: Any = tf


def gradients(layer: Any, images: Any, weighting: Any, weights: list[Any], dtype: str) -> list[Any]:
    """Of the sum of the weighted output, for the input and for each of the layer's arrays."""
    rebuilt = type(layer).from_config(layer.get_config() | {"dtype": dtype})
    source = tensorflow.constant(images, dtype)
    rebuilt.build(source.shape)
    for variable, value in zip(rebuilt.variables, weights, strict=True):
        variable.assign(value)

    @tensorflow.function
    def compute() -> Any:
        with tensorflow.GradientTape() as tape:
            tape.watch(source)
            loss = tensorflow.reduce_sum(rebuilt(source) * tensorflow.constant(weighting, dtype))
        return tape.gradient(loss, [source, *[v.value for v in rebuilt.trainable_variables]])

    return [one.numpy() for one in compute()]


def error(name: str, arguments: dict[str, Any], shape: list[int], batch: int) -> float:
    rng = np.random.default_rng(0)
    layer = getattr(keras.layers, name)(**arguments)
    layer.build((batch, *shape))
    weights = [rng.normal(size=variable.shape) for variable in layer.variables]
    images = rng.normal(size=(batch, *shape))
    weighting = rng.normal(size=layer.compute_output_shape((batch, *shape)))
    single = gradients(layer, images, weighting, weights, "float32")
    double = gradients(layer, images, weighting, weights, "float64")
    return max(
        float(np.abs(one - other).max() / np.abs(other).max())
        for one, other in zip(single, double, strict=True)
    )


for number, task in enumerate(json.load(sys.stdin)):
    print(number, error(*task), flush=True)  # noqa: T201  what the test reads
