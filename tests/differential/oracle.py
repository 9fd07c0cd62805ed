"""Keras, asked what inference should have said.

Importing this file imports Keras; only tests marked `keras` do so, and inside their bodies.
"""

import gc
import inspect
import os
import typing

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from math import prod
from types import SimpleNamespace
from typing import Any
from unittest import mock

import keras
import numpy as np
from keras.src.backend.common import global_state
from keras.src.backend.tensorflow.trackable import KerasAutoTrackable
from keras.src.ops import operation

from builder.blocks.base import Layer
from builder.blocks.types import Shape

gc.freeze()  # TensorFlow's modules are a quarter of a million objects that stay

# TensorFlow asks of all that Keras calls whether it fits a protocol, and Python 3.11 collects the
# protocol's attributes anew for each answer: a seventh of the time in which models are made.
_ATTRIBUTES = "_get_protocol_attrs"
setattr(typing, _ATTRIBUTES, cache(getattr(typing, _ATTRIBUTES)))


_SIGNATURES = SimpleNamespace(
    signature=cache(inspect.signature),
    getfullargspec=cache(inspect.getfullargspec),
    Parameter=inspect.Parameter,
)
"""What Keras reads of a class's arguments whenever it makes an instance, read once for each class.
"""


@dataclass(frozen=True)
class Observed:
    """One layer as Keras made it."""

    name: str
    output_shape: Shape
    params: int
    trainable_params: int
    macs: int


@dataclass(frozen=True)
class Built:
    """A model with its layers in the order in which they were created."""

    model: Any
    layers: tuple[Observed, ...]


def build(script: str, left_out: int = 0) -> Built:
    """Executes an exported script and calls its `build_model`.

    Args:
        script: The script.
        left_out: How many layers it makes that are not in its model.
    """
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script, "<exported>", "exec"), namespace)
    with created_layers() as created:
        model = namespace["build_model"]()
    in_model = {id(layer) for layer in model.layers}
    made = {id(layer) for layer in created if layer is not model}
    assert in_model <= made
    assert len(made) == len(in_model) + left_out
    return Built(model, tuple(observe(layer) for layer in created if id(layer) in in_model))


def outline(script: str, left_out: int = 0) -> Built:
    """As `build`, for shapes, counts and wiring: the weights have no values."""
    with without_values():
        return build(script, left_out)


@contextmanager
def without_values() -> Iterator[None]:
    """Keras makes its weights, but draws no values for them: models come in a quarter of the time.

    What is made here has shapes, names and configurations, and can be described, not computed. Nor
    can it be saved: TensorFlow does not hear of the attributes that would go into its checkpoints.
    """
    unheard = mock.patch.object(KerasAutoTrackable, "__setattr__", object.__setattr__)
    read_once = mock.patch.object(operation, "inspect", _SIGNATURES)
    try:
        with keras.StatelessScope(initialize_variables=False), unheard, read_once:
            yield
    finally:  # Keras keeps a list of them, and would draw their values at the next occasion
        global_state.set_global_attribute("uninitialized_variables", [])


@contextmanager
def with_zeros() -> Iterator[None]:
    """Weights begin at zero: for models that get other values, or of which none count."""
    kinds = keras.initializers
    with ExitStack() as patches:
        for kind in (kinds.VarianceScaling, kinds.TruncatedNormal, kinds.RandomUniform):
            patches.enter_context(mock.patch.object(kind, "__call__", _zeros))
        yield


def _zeros(_: Any, shape: Shape, dtype: Any = None) -> Any:
    return keras.ops.zeros(shape, dtype)


@contextmanager
def created_layers() -> Iterator[list[Any]]:
    """Every layer that is made inside the context, in the order of making."""
    created: list[Any] = []
    known: set[int] = set()
    original = keras.layers.Layer.__init__

    def recording(self: Any, *args: Any, **kwargs: Any) -> None:
        if id(self) not in known:
            known.add(id(self))
            created.append(self)
        original(self, *args, **kwargs)

    with mock.patch.object(keras.layers.Layer, "__init__", recording):
        yield created


def observe(layer: Any) -> Observed:
    """What Keras itself says of a layer that was called once."""
    output = _shape(layer.output)
    return Observed(
        type(layer).__name__,
        output,
        layer.count_params(),
        sum(prod(weight.shape) for weight in layer.trainable_weights),
        _macs(layer),
    )


def wiring(layers: Sequence[Any]) -> list[tuple[int, ...]]:
    """For each of a model's layers, the places in `layers` of those that it reads."""
    place = {id(layer): position for position, layer in enumerate(layers)}
    return [tuple(place[id(source)] for source in _sources(layer)) for layer in layers]


def _sources(layer: Any) -> list[Any]:
    if isinstance(layer, keras.layers.InputLayer):
        return []
    inputs = layer.input if isinstance(layer.input, list) else [layer.input]
    return [tensor._keras_history.operation for tensor in inputs]


def _macs(layer: Any) -> int:
    """Size of each kernel that Keras made, times the positions at which it is applied.

    A transposed convolution lays its kernel down at every pixel of its input, the others at every
    pixel of their output.
    """
    positions = layer.input if type(layer).__name__.endswith("Transpose") else layer.output
    kernels = [weight for weight in layer.weights if weight.name.endswith("kernel")]
    return sum(prod(kernel.shape) * prod(_shape(positions)[:-1]) for kernel in kernels)


def _shape(tensor: Any) -> Shape:
    return tuple(tensor.shape[1:])


def make(layer: Layer) -> Any:
    """The Keras layer of a declaration, without going through generated code."""
    values = {name: _regularizer(value) for name, value in layer.values().items()}
    return getattr(keras.layers, layer.type_name())(**values)


def apply(layer: Layer, shapes: Sequence[Shape]) -> Any:
    """Calls the layer on symbolic tensors, then really on zeros, as in training.

    Returns:
        The Keras layer.

    Raises:
        Exception: Keras or TensorFlow refuses; there is no common type.
    """
    made = make(layer)
    symbolic = [keras.Input(shape) for shape in shapes]
    zeros = [np.zeros((2, *shape), "float32") for shape in shapes]
    single = layer.max_inputs == 1
    made(symbolic[0] if single else symbolic)
    computed = made(zeros[0] if single else zeros, training=True)
    assert tuple(computed.shape) == (2, *_shape(made.output))
    assert prod(computed.shape), "an empty output, of no use to anybody"
    return made


def _regularizer(value: Any) -> Any:
    if isinstance(value, dict):
        kind = value["kind"]
        factors = {name: factor for name, factor in value.items() if name != "kind"}
        return getattr(keras.regularizers, kind)(**factors)
    return value
