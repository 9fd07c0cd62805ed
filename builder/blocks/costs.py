"""The costs of a block as values: weights, multiply-accumulates and reach.

A MAC is one multiply-accumulate of a convolution or a dense layer, for one example; biases,
activations, normalization, pooling and merging are not counted. FLOPs = 2 × MACs. Activation memory
is every layer's output for one example in float32, 4 bytes a value.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, prod

from builder.blocks.types import Shape

BYTES_PER_VALUE = 4

Stride = int | Fraction
"""A distance in pixels; less than one where a layer enlarges the image."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One array of a layer.

    Attributes:
        name: Keras's name of the weight, such as `kernel`.
        shape: Its shape.
        trainable: False for statistics that training updates without a gradient.
    """

    name: str
    shape: Shape
    trainable: bool = True

    @property
    def size(self) -> int:
        """Number of values."""
        return prod(self.shape)


Axes = tuple[frozenset[int], frozenset[int]]
"""For rows and columns, the axes of the input that they lie along: 0 its rows, 1 its columns."""

STRAIGHT: Axes = (frozenset({0}), frozenset({1}))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one output pixel sees, in pixels of the input.

    Attributes:
        window: Height and width that one output pixel depends on.
        stride: Distance between the windows of neighboring output pixels (the effective stride).
        axes: The axes of the input that the output's rows and columns lie along: swapped after
            Permute, both where branches of either kind meet, none for former channels.
    """

    window: tuple[int, int] = (1, 1)
    stride: tuple[Stride, Stride] = (1, 1)
    axes: Axes = STRAIGHT

    def then(self, other: "Reach") -> "Reach":
        """The reach of `other` applied after this one.

        The window grows by (k - 1) · stride and the strides multiply: Araujo et al., "Computing
        Receptive Fields of Convolutional Neural Networks", Distill 2019.
        """
        if other is POINT:
            return self
        if self.axes is not STRAIGHT or other.axes is not STRAIGHT:
            return self._turned(other)
        return Reach(
            (
                self.window[0] + ceil((other.window[0] - 1) * self.stride[0]),
                self.window[1] + ceil((other.window[1] - 1) * self.stride[1]),
            ),
            (self.stride[0] * other.stride[0], self.stride[1] * other.stride[1]),
        )

    def union(self, other: "Reach") -> "Reach":
        """The reach where two branches meet: the larger of each.

        If only one of them was turned, it is an upper bound from there on.
        """
        return Reach(
            (max(self.window[0], other.window[0]), max(self.window[1], other.window[1])),
            (max(self.stride[0], other.stride[0]), max(self.stride[1], other.stride[1])),
            _same_axes((self.axes[0] | other.axes[0], self.axes[1] | other.axes[1])),
        )

    def _turned(self, other: "Reach") -> "Reach":
        """Like `then`, with each axis of the input taken through the axes that lie along it."""
        window, stride = list(self.window), list(self.stride)
        for axis in (0, 1):
            between = [each for each in (0, 1) if axis in self.axes[each]]
            steps = [ceil((other.window[each] - 1) * self.stride[axis]) for each in between]
            window[axis] += max(steps, default=0)
            stride[axis] *= max((other.stride[each] for each in between), default=1)
        rows, columns = (
            frozenset[int]().union(*(self.axes[each] for each in axes)) for axes in other.axes
        )
        return Reach((window[0], window[1]), (stride[0], stride[1]), _same_axes((rows, columns)))


def _same_axes(axes: Axes) -> Axes:
    """The only object for the usual order, compared by identity, since it is compared often."""
    return STRAIGHT if axes == STRAIGHT else axes


POINT = Reach()


def whole(shape: Shape) -> Reach:
    """The reach of a layer whose every output value depends on the whole image."""
    return Reach((shape[0], shape[1])) if len(shape) == 3 else POINT


def format_shape(shape: Shape) -> str:
    """Writes a shape for people: `32×32×64`."""
    return "×".join(str(size) for size in shape) if shape else "scalar"
