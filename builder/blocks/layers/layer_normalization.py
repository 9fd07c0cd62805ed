from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from builder.blocks.axes import axis_index
from builder.blocks.base import Category, Layer
from builder.blocks.costs import Weight
from builder.blocks.declaration import declaration
from builder.blocks.ranges import STANDARDIZED, Range
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape, StrictBool
from builder.system.errors import ShapeError

Axis = Annotated[int, Strict(), Field(ge=-4, le=4)]


def _plain(value: int | tuple[int, ...]) -> int | tuple[int, ...]:
    """Writes one axis as a number, several in rising order: equal blocks compare equal."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else tuple(sorted(value))
    return value


@declaration
class LayerNormalization(Layer):
    """Centers and scales each pixel by its own channels, without looking at other images.

    Output shape:
        That of the input.

    Parameters and cost:
        gamma and beta hold one value each for every position along `axis`.

    Reference:
        Ba et al., "Layer Normalization", arXiv:1607.06450.
    """

    category = Category.NORMALIZATION
    normalizes = True

    _: KW_ONLY
    axis: Annotated[
        Axis | Annotated[tuple[Axis, ...], Field(min_length=1, max_length=3)],
        AfterValidator(_plain),
        Field(description="The axis or axes that are normalized together; -1 is the channels."),
    ] = -1
    epsilon: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, description="Added to the variance, against ÷0."),
    ] = 1e-3
    center: Annotated[StrictBool, Field(description="Learns an offset, beta.")] = True
    scale: Annotated[StrictBool, Field(description="Learns a scale, gamma.")] = True

    def output_shape(self, *inputs: Shape) -> Shape:
        self._sizes(inputs[0])
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        shape = self._sizes(inputs[0])
        learned = (("gamma", self.scale), ("beta", self.center))
        return tuple(Weight(name, shape) for name, used in learned if used)

    def _sizes(self, shape: Shape) -> Shape:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        indices = [axis_index("LayerNormalization", shape, axis) for axis in axes]
        if len(set(indices)) < len(indices):
            raise ShapeError(
                ShapeCode.REPEATED_AXES, block="LayerNormalization", axis=axes, shape=shape
            )
        return tuple(shape[index] for index in indices)

    def output_range(self, *inputs: Range | None) -> Range | None:
        return STANDARDIZED
