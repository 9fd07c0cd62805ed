"""Tells how a layer's output values are probabilities of classes.

A softmax makes a distribution; a sigmoid makes each value a probability. The layers after them may
keep that, as Flatten and average pooling do, or not. Every layer declares its effect
(`Layer.probabilities`), and the loss is chosen by what reaches the end.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import prod

from builder.blocks.types import Shape


class Probabilities(StrEnum):
    """The meaning of values between 0 and 1; the value is the activation that makes them."""

    DISTRIBUTION = "softmax"
    """The values along the last axis add up to 1: a share for each class."""
    INDEPENDENT = "sigmoid"
    """Each value is a separate probability."""
    SHARES = "shares"
    """The values come from a distribution but no longer add up to 1, as after a maximum."""


OF_CLASSES = (Probabilities.DISTRIBUTION.value, Probabilities.INDEPENDENT.value)
"""Activations that are removed to inspect a trained model: scores are the values before them."""

_MADE_BY = {
    "softmax": Probabilities.DISTRIBUTION,
    "sigmoid": Probabilities.INDEPENDENT,
    "hard_sigmoid": Probabilities.INDEPENDENT,
}

POSITIVE_UNCHANGED = frozenset({"celu", "elu", "leaky_relu", "linear", "relu", "relu6"})
"""Activations that do not change values between 0 and 1."""


def made_by(activation: object) -> Probabilities | None:
    """The result of an activation, for any input."""
    return _MADE_BY.get(activation) if isinstance(activation, str) else None


def no_distribution(inputs: Probabilities | None) -> Probabilities | None:
    """The result where values are picked or mixed so that a distribution is lost."""
    return Probabilities.SHARES if inputs is Probabilities.DISTRIBUTION else inputs


def rearranged(
    inputs: Probabilities | None, shape: Shape, output_shape: Shape
) -> Probabilities | None:
    """The result of a reshape.

    A distribution stays one if the last axis is still that of the classes. A single pixel may take
    any shape.
    """
    single = prod(shape) == max(shape, default=1)
    same_classes = bool(shape) and bool(output_shape) and shape[-1] == output_shape[-1]
    return inputs if single or same_classes else no_distribution(inputs)


def averaged(inputs: Sequence[Probabilities | None]) -> Probabilities | None:
    """The mean of values of one kind is of that kind."""
    kinds = set(inputs)
    if None in kinds:
        return None
    return kinds.pop() if len(kinds) == 1 else Probabilities.SHARES
