"""Prints how far a layer's gradients in float32 are from those in float64, which has no oneDNN.

Reads lines of JSON from standard input: `variables`, of the environment, which TensorFlow and
oneDNN read when they first compute, and `tasks`, a list of layers, each with Keras's class, its
arguments, the input's shape, the batch size. For each line it forks a process that has Keras, so
that it is imported once. Prints one for each: `errors`, for each layer the largest error over the
largest value, up to one that crashed; `code`, the process's exit code.
"""

import json
import os
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


def compute(variables: dict[str, str], tasks: list[Any], answer: int) -> None:
    os.environ.update(variables)
    for task in tasks:
        os.write(answer, f"{error(*task)}\n".encode())


for line in sys.stdin:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            compute(**json.loads(line), answer=writing)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as answer:
        errors = [float(each) for each in answer]
    _, status = os.waitpid(child, 0)
    found = {"errors": errors, "code": os.waitstatus_to_exitcode(status)}
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
