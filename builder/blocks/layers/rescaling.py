from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import AfterValidator, Field

from builder.blocks.base import Category, Layer
from builder.blocks.costs import format_shape
from builder.blocks.declaration import declaration
from builder.blocks.types import MAX_SIZE, Shape
from builder.errors import ShapeError

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

    category = Category.NORMALISATION

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
                    f"Rescaling received {len(value)} numbers as {name} for "
                    f"{format_shape(inputs[0])}, expected 1, or {channels}, one per channel",
                    f"give {name} as many numbers as there are channels",
                )
        return inputs[0]
