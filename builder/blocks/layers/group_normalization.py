from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.axes import axis_index
from builder.blocks.base import Category, Layer
from builder.blocks.costs import Weight
from builder.blocks.declaration import declaration
from builder.blocks.ranges import STANDARDIZED, Range
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import MAX_SIZE, Shape, StrictBool
from builder.system.errors import ShapeError


@declaration
class GroupNormalization(Layer):
    """Centers and scales groups of channels within each image: works with small batches.

    The image's own statistics are not counted as part of the receptive field.

    Output shape:
        That of the input.

    Parameters and cost:
        gamma and beta, one value each per channel.

    Reference:
        Wu and He, "Group Normalization", ECCV 2018.
    """

    category = Category.NORMALIZATION
    normalizes = True

    groups: Annotated[
        int,
        Strict(),
        Field(ge=-1, le=MAX_SIZE, description="Number of groups; -1 makes each channel its own."),
    ] = 32
    _: KW_ONLY
    axis: Annotated[
        int, Strict(), Field(ge=-4, le=4, description="The channels' axis; -1 is the last.")
    ] = -1
    epsilon: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, description="Added to the variance, against ÷0."),
    ] = 1e-3
    center: Annotated[StrictBool, Field(description="Learns an offset, beta.")] = True
    scale: Annotated[StrictBool, Field(description="Learns a scale, gamma.")] = True

    def output_shape(self, *inputs: Shape) -> Shape:
        channels = self._channels(inputs[0])
        if self.groups == 0 or (self.groups > 0 and channels % self.groups):
            fitting = [n for n in range(min(self.groups, channels), 0, -1) if channels % n == 0]
            raise ShapeError(
                ShapeCode.NORMALIZATION_GROUPS,
                channels=channels,
                groups=self.groups,
                fitting=fitting[0] if fitting else 1,
            )
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        shape = (self._channels(inputs[0]),)
        learned = (("gamma", self.scale), ("beta", self.center))
        return tuple(Weight(name, shape) for name, used in learned if used)

    def _channels(self, shape: Shape) -> int:
        return shape[axis_index("GroupNormalization", shape, self.axis)]

    def output_range(self, *inputs: Range | None) -> Range | None:
        return STANDARDIZED
