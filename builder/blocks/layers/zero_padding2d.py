from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape

Margin = Annotated[int, Strict(), Field(ge=0, le=1024)]
Sides = tuple[Margin, Margin]


@declaration
class ZeroPadding2D(Layer):
    """Adds a margin of zeros around the image.

    Output shape:
        `(height + top + bottom, width + left + right, channels)`.

    Reference:
        https://keras.io/api/layers/reshaping_layers/zero_padding2d/
    """

    category = Category.CONVOLUTION

    padding: Annotated[
        Margin | Sides | tuple[Sides, Sides],
        Field(
            description="Pixels on every side, or (vertical, horizontal), or ((top, bottom), (left, right))."
        ),
    ] = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        height, width, channels = image("ZeroPadding2D", inputs[0])
        (top, bottom), (left, right) = self._sides()
        return (height + top + bottom, width + left + right, channels)

    def _sides(self) -> tuple[Sides, Sides]:
        if isinstance(self.padding, int):
            return (self.padding, self.padding), (self.padding, self.padding)
        vertical, horizontal = self.padding
        if isinstance(vertical, int) and isinstance(horizontal, int):
            return (vertical, vertical), (horizontal, horizontal)
        return self.padding  # pyright: ignore[reportReturnType]  pairs of pairs are left
