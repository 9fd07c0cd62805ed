from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.margins import Margins, sides
from builder.blocks.probabilities import Probabilities, no_distribution
from builder.blocks.ranges import Range
from builder.blocks.types import Shape


@declaration
class ZeroPadding2D(Layer):
    """Adds a margin of zeros around the image.

    Output shape:
        `(height + top + bottom, width + left + right, channels)`.

    Reference:
        https://keras.io/api/layers/reshaping_layers/zero_padding2d/
    """

    category = Category.CONVOLUTION
    keeps_values = True

    padding: Annotated[
        Margins,
        Field(
            description="Pixels on every side, or (vertical, horizontal), or "
            "((top, bottom), (left, right))."
        ),
    ] = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        height, width, channels = image("ZeroPadding2D", inputs[0])
        (top, bottom), (left, right) = sides(self.padding)
        return (height + top + bottom, width + left + right, channels)

    def output_range(self, *inputs: Range | None) -> Range | None:
        return inputs[0] and inputs[0].with_zero()

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return no_distribution(inputs[0])  # the margin's add up to 0
