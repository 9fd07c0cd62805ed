from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.axes import axis_index
from builder.blocks.base import Category, Layer
from builder.blocks.costs import Weight
from builder.blocks.declaration import declaration
from builder.blocks.ranges import STANDARDIZED, Range, numbers
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import MAX_SIZE, Shape, StrictBool
from builder.system.errors import ShapeError

Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Positive = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]

_SMALLEST_DEVIATION = 1e-7
"""Keras divides by no less."""
_FINE = 64
"""Statistics whose deviation is a smaller part of the range are those of other values."""


@declaration
class Normalization(Layer):
    """Centers and scales the pixels by the mean and variance of the whole data set.

    The two are given, or a training begins by learning them from its images (`adapt`), as they
    reach the layer; until then it changes nothing.

    Output shape:
        That of the input.

    Parameters and cost:
        Where the statistics are not given: mean and variance of each channel, and the number of
        images seen. None of them is trained by gradients.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
    """

    category = Category.NORMALIZATION

    _: KW_ONLY
    axis: Annotated[
        Annotated[int, Strict(), Field(ge=-4, le=4)] | None,
        Field(
            description="The axis with statistics of its own; -1 is the channels, empty is none."
        ),
    ] = -1
    mean: Annotated[
        Number | Annotated[tuple[Number, ...], Field(min_length=1, max_length=MAX_SIZE)] | None,
        Field(description="Known mean of the pixels, one number or one per channel."),
    ] = None
    variance: Annotated[
        Positive | Annotated[tuple[Positive, ...], Field(min_length=1, max_length=MAX_SIZE)] | None,
        Field(description="Known variance of the pixels, one number or one per channel."),
    ] = None
    invert: Annotated[
        StrictBool, Field(description="Goes back from normalized values to pixels.")
    ] = False

    def output_shape(self, *inputs: Shape) -> Shape:
        size = self._size(inputs[0])
        if (self.mean is None) != (self.variance is None):
            given, missing = ("mean", "variance") if self.variance is None else ("variance", "mean")
            raise ShapeError(ShapeCode.HALF_THE_STATISTICS, given=given, missing=missing)
        lengths = {len(v) if isinstance(v, tuple) else 0 for v in (self.mean, self.variance)}
        if len(lengths) > 1 or (self.axis is None and lengths != {0}) or lengths - {0, 1, size}:
            raise ShapeError(
                ShapeCode.WRONG_STATISTICS, mean=self.mean, variance=self.variance, size=size
            )
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        shape = () if self.axis is None else (self._size(inputs[0]),)
        statistics = (Weight("mean", shape, False), Weight("variance", shape, False))
        return (*statistics, Weight("count", (), False))

    def _size(self, shape: Shape) -> int:
        return 1 if self.axis is None else shape[axis_index("Normalization", shape, self.axis)]

    def learns_statistics(self) -> bool:
        return self.mean is None and not self.invert

    def output_range(self, *inputs: Range | None) -> Range | None:
        if self.mean is None or self.variance is None:
            return inputs[0] if self.invert else STANDARDIZED  # training adapts it
        if inputs[0] is None:
            return None
        statistics = zip(numbers(self.mean), numbers(self.variance), strict=True)
        first, *others = (self._of_channel(inputs[0], *each) for each in statistics)
        return first.union(*others)

    def _of_channel(self, inputs: Range, mean: float, variance: float) -> Range:
        deviation = max(variance**0.5, _SMALLEST_DEVIATION)
        if self.invert:
            return inputs.times(deviation, mean)
        result = inputs.times(1 / deviation, -mean / deviation)
        is_of_these = inputs.low <= mean <= inputs.high and deviation * _FINE >= inputs.width
        return result.clipped(STANDARDIZED) if is_of_these else result
