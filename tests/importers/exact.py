"""Whether an imported network is the file's: its parameters, and its outputs for equal weights.

Importing this file imports Keras; only tests marked `keras` do so, and inside their bodies.
"""

import io
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np

from builder.codegen.script import to_script
from builder.importers.opening import open_file
from builder.importers.result import ImportResult
from builder.inference import infer
from tests.differential import oracle

Arrays = Sequence[Any]


def assert_exact(model: Any, content: bytes | None = None, *, told: int = 0) -> ImportResult:
    """Asserts that a model of Keras comes in exactly, as it is written by itself or given.

    Args:
        model: The model.
        content: The file; else what `model.to_json()` writes.
        told: How many remarks there may be.
    """
    result = opened(content or model.to_json().encode())
    assert len(result.unmapped) == told, [str(found) for found in result.unmapped]
    scattered = [weight for operation in operations(model) for weight in weights_of(operation)]
    for weight in scattered:
        weight.assign(values_for(weight.shape, weight.trainable))
    arrays = [weight.numpy() for weight in scattered]
    inputs = [inputs_for(tensor.shape[1:]) for tensor in model.inputs]
    expected = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    flat = expected if isinstance(expected, list) else [expected]
    assert_outputs(result, arrays, inputs, [oracle.keras.ops.convert_to_numpy(o) for o in flat])
    return result


def opened(content: bytes, name: str = "model.json", *, fold: bool = False) -> ImportResult:
    return open_file(io.BytesIO(content), name, fold=fold)


def assert_outputs(result: ImportResult, arrays: Arrays, inputs: Arrays, expected: Arrays) -> None:
    """Executes the exported script, hands it the weights, and compares parameters and outputs.

    Args:
        result: What was read, not folded, so that its layers have the order of the file.
        arrays: The weights, in the order of the file.
        inputs: For each input an array.
        expected: For each output an array.
    """
    inference = infer(result.architecture)
    assert inference.ok, inference.issues
    assert inference.total_params == sum(prod(array.shape) for array in arrays)
    with oracle.created_layers() as created:
        built = oracle.build(to_script(result.architecture)).model
    inside = {id(layer) for layer in built.layers}
    targets = [w for layer in created if id(layer) in inside for w in weights_of(layer)]
    for target, array in zip(targets, arrays, strict=True):
        target.assign(array.reshape(target.shape))
    found = built([*inputs] if len(inputs) > 1 else inputs[0], training=False)
    flat = found if isinstance(found, list) else [found]
    for mine, theirs in zip(flat, expected, strict=True):
        values: Any = oracle.keras.ops.convert_to_numpy(mine)
        np.testing.assert_allclose(values, theirs, rtol=2e-4, atol=2e-5)
        assert np.ptp(values) > 0, "a constant output shows nothing"


def values_for(shape: Sequence[int], trainable: bool = True) -> Any:
    """Weights that hide nothing: the same for the same shape, wherever they are made."""
    rng = np.random.default_rng([len(shape), *shape])
    low, high = (0.1, 0.3) if len(shape) < 2 or not trainable else (-0.3, 0.3)
    return rng.uniform(low, high, tuple(shape)).astype("float32")


def inputs_for(shape: Sequence[int]) -> Any:
    """Two examples with values from -4 to 4, where the functions differ from each other."""
    return np.random.default_rng(7).uniform(-4, 4, (2, *shape)).astype("float32")


def operations(model: Any) -> Iterator[Any]:
    """Every layer and function in a model, with those of inner models, in the file's order."""
    for operation in model.operations if hasattr(model, "operations") else model.layers:
        inner = [*operations(operation)] if hasattr(operation, "layers") else [operation]
        nested = inner != [operation]
        yield from (i for i in inner if not (nested and type(i).__name__ == "InputLayer"))


def weights_of(layer: Any) -> list[Any]:
    """A layer's weights, without the state of random generators."""
    return [weight for weight in getattr(layer, "weights", ()) if "seed" not in weight.name]
