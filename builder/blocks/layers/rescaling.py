from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import AfterValidator, Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities, no_distribution
from builder.blocks.ranges import Range, numbers
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import MAX_SIZE, Shape
from builder.system.errors import ShapeError

Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


def _single(value: float | tuple[float, ...]) -> float | tuple[float, ...]:
    """Writes a list of one number as that number, so that equal blocks compare equal."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


Numbers = Annotated[
    Number | Annotated[tuple[Number, ...], Field(min_length=1, max_length=MAX_SIZE)],
    AfterValidator(_single),
]
"""One number for all channels, or one for each."""


@declaration
class Rescaling(Layer):
    """Multiplies by a scale and adds an offset: brings pixels from 0–255 to 0–1.

    Both may be one number, or one for each channel.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
    """

    category = Category.NORMALIZATION

    scale: Annotated[
        Numbers,
        Field(description="Factor for every pixel, 1/255 for 8-bit images; or one per channel."),
    ] = 1 / 255
    _: KW_ONLY
    offset: Annotated[
        Numbers, Field(description="Added after the multiplication; one number or one per channel.")
    ] = 0.0

    def output_shape(self, *inputs: Shape) -> Shape:
        channels = inputs[0][-1]
        for name, value in (("scale", self.scale), ("offset", self.offset)):
            if isinstance(value, tuple) and len(value) != channels:
                raise ShapeError(
                    ShapeCode.NUMBERS_PER_CHANNEL,
                    parameter=name,
                    numbers=len(value),
                    shape=inputs[0],
                )
        return inputs[0]

    def output_range(self, *inputs: Range | None) -> Range | None:
        if inputs[0] is None:
            return None
        scales, offsets = numbers(self.scale), numbers(self.offset)
        count = max(len(scales), len(offsets))
        channels = zip(_spread(scales, count), _spread(offsets, count), strict=True)
        first, *others = (inputs[0].times(scale, offset) for scale, offset in channels)
        return first.union(*others)

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        if set(numbers(self.scale)) == {1.0} and set(numbers(self.offset)) == {0.0}:
            return inputs[0]
        result = self.output_range(Range(0, 1))
        inside = result is not None and result.low >= 0 and result.high <= 1
        return no_distribution(inputs[0]) if inside else None


def _spread(values: tuple[float, ...], count: int) -> tuple[float, ...]:
    """One number for each channel."""
    return values * count if len(values) == 1 else values
