"""Whether an imported network is the file's: its parameters, and its outputs for equal weights.

Importing this file imports Keras; only tests marked `keras` do so, and inside their bodies.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from builder.codegen.keras.script import to_script
from builder.importers.opening import open_file
from builder.importers.result import ImportResult
from builder.network.inference import infer
from tests.differential import oracle
from tests.importers.arrays import inputs_for, values_for


def assert_exact(model: Any, content: bytes | None = None) -> ImportResult:
    """Asserts that a model of Keras comes in exactly, as it is written by itself or given.

    Args:
        model: The model; its weights are changed.
        content: The file; else what `model.to_json()` writes.
    """
    result = opened(content or model.to_json().encode())
    _fill(weight for operation in operations(model) for weight in weights_of(operation))
    expected = _outputs(model)
    assert_outputs(result, model.count_params(), expected)
    return result


def opened(content: bytes, name: str = "model", *, fold: bool = False) -> ImportResult:
    return open_file(io.BytesIO(content), name, fold=fold)


def assert_outputs(result: ImportResult, params: int, expected: Sequence[Any]) -> None:
    """Executes the exported script, gives it weights, and compares parameters and outputs.

    Args:
        result: What was read, not folded, so that its layers have the order of the file; nothing
            may be told of it.
        params: How many parameters there are in the file.
        expected: For each output an array, of weights and inputs from `arrays.py`.
    """
    assert not result.unmapped, [str(found) for found in result.unmapped]
    inference = infer(result.architecture)
    assert inference.ok, inference.issues
    assert inference.total_params == params
    with oracle.with_zeros(), oracle.created_layers() as created:
        built = oracle.build(to_script(result.architecture)).model
    inside = {id(layer) for layer in built.layers}
    _fill(w for layer in created if id(layer) in inside for w in weights_of(layer))
    for mine, theirs in zip(_outputs(built), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-5)
        assert np.ptp(mine) > 0, "a constant output shows nothing"


def _fill(weights: Iterator[Any]) -> None:
    for number, weight in enumerate(weights):
        weight.assign(values_for(number, weight.shape, weight.trainable))


def _outputs(model: Any) -> list[Any]:
    inputs = [inputs_for(tensor.shape[1:]) for tensor in model.inputs]
    given = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    flat: list[Any] = given if isinstance(given, list) else [given]
    return [oracle.keras.ops.convert_to_numpy(output) for output in flat]


def operations(model: Any) -> Iterator[Any]:
    """Every layer and function in a model, with those of inner models, in the file's order."""
    for operation in model.operations if hasattr(model, "operations") else model.layers:
        inner = [*operations(operation)] if hasattr(operation, "layers") else [operation]
        nested = inner != [operation]
        yield from (i for i in inner if not (nested and type(i).__name__ == "InputLayer"))


def weights_of(layer: Any) -> list[Any]:
    """A layer's weights, without the state of random generators."""
    return [weight for weight in getattr(layer, "weights", ()) if "seed" not in weight.name]
