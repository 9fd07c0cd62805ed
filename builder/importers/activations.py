"""Functions that are activations, as the blocks that do exactly the same."""

from collections.abc import Mapping
from typing import Any

from builder.importers.differences import OLD_HARD_SIGMOID
from builder.importers.operations import Handler, Operation
from builder.importers.pieces import Pieces

ACTIVATIONS = {
    "Exp": "exponential",
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "HardTanh": "hard_tanh",
    "LogSigmoid": "log_sigmoid",
    "Mish": "mish",
    "Relu": "relu",
    "Relu6": "relu6",
    "Selu": "selu",
    "Sigmoid": "sigmoid",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Tanh": "tanh",
}
"""Functions without settings, with the activation that does the same."""

WITH_ONE_SETTING: Mapping[str, tuple[str, str, Any]] = {
    "Celu": ("celu", "alpha", 1.0),
    "Elu": ("elu", "alpha", 1.0),
    "Silu": ("silu", "beta", 1.0),
}
"""Activations that do the same for one value of a setting."""


def _activation(op: Operation, pieces: Pieces) -> None:
    pieces.add("Activation", op.port(), activation=ACTIVATIONS[op.function])


def _usual(op: Operation, pieces: Pieces) -> None:
    name, setting, usual = WITH_ONE_SETTING[op.function]
    value = op.take(setting, usual)
    if value != usual:
        raise op.refusal(setting, value)
    pieces.add("Activation", op.port(), activation=name)


def _softmax(op: Operation, pieces: Pieces) -> None:
    axis = op.take("axis", -1)
    shape = op.shapes[-1 - op.port()]
    if axis not in (-1, [-1]) and (shape is None or axis not in (len(shape), [len(shape)])):
        raise op.refusal("axis", axis)
    name = "softmax" if op.function == "Softmax" else "log_softmax"
    pieces.add("Activation", op.port(), activation=name)


def _gelu(op: Operation, pieces: Pieces) -> None:
    """Keras 3's function approximates by default; its activation does not."""
    if op.take("approximate", default=True):
        pieces.add("tanh_gelu", op.port())
    else:
        pieces.add("Activation", op.port(), activation="gelu")


def _leaky_relu(op: Operation, pieces: Pieces) -> None:
    slope = op.take("negative_slope", 0.2)
    pieces.add("LeakyReLU", op.port(), negative_slope=slope)


def _relu_function(op: Operation, pieces: Pieces) -> None:
    values = {name: op.take(name) for name in ("max_value", "negative_slope", "threshold")}
    given = {name: value for name, value in values.items() if value is not None}
    pieces.add("ReLU", op.port(), **given)


def _old_hard_sigmoid(op: Operation, pieces: Pieces) -> None:
    pieces.chain(op.port(), *OLD_HARD_SIGMOID)


HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(ACTIVATIONS, _activation),
    **dict.fromkeys(WITH_ONE_SETTING, _usual),
    "Gelu": _gelu,
    "LeakyRelu": _leaky_relu,
    "LogSoftmax": _softmax,
    "OldHardSigmoid": _old_hard_sigmoid,
    "ReLU": _relu_function,
    "Softmax": _softmax,
}
"""By Keras's names of the functions."""
