from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Weight
from builder.blocks.declaration import declaration
from builder.blocks.ranges import STANDARDIZED, Range
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape, StrictBool, UnitInterval
from builder.system.errors import ShapeError


@declaration
class BatchNormalization(Layer):
    """Centers and scales each channel by the batch's statistics, then by learned ones.

    The usual order is convolution without bias, BatchNormalization, activation.

    Output shape:
        That of the input.

    Parameters and cost:
        gamma and beta are trained, the moving mean and variance are not: four values a channel.

    Reference:
        Ioffe and Szegedy, "Batch Normalization", ICML 2015.
    """

    category = Category.NORMALIZATION
    normalizes = True

    _: KW_ONLY
    axis: Annotated[
        int, Strict(), Field(ge=-4, le=4, description="The channels' axis; -1 is the last.")
    ] = -1
    momentum: Annotated[
        UnitInterval, Field(description="Share of the old moving statistics kept at each batch.")
    ] = 0.99
    epsilon: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, description="Added to the variance, against ÷0."),
    ] = 1e-3
    center: Annotated[StrictBool, Field(description="Learns an offset, beta.")] = True
    scale: Annotated[StrictBool, Field(description="Learns a scale, gamma.")] = True

    def output_shape(self, *inputs: Shape) -> Shape:
        self._channels(inputs[0])
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        shape = (self._channels(inputs[0]),)
        learned = (("gamma", self.scale), ("beta", self.center))
        moving = (Weight("moving_mean", shape, False), Weight("moving_variance", shape, False))
        return tuple(Weight(name, shape) for name, used in learned if used) + moving

    def _channels(self, shape: Shape) -> int:
        index = self.axis - 1 if self.axis > 0 else self.axis
        if self.axis == 0 or not -len(shape) <= index < len(shape):
            raise ShapeError(
                ShapeCode.NO_SUCH_AXIS, block="BatchNormalization", axis=self.axis, shape=shape
            )
        return shape[index]

    def output_range(self, *inputs: Range | None) -> Range | None:
        return STANDARDIZED
