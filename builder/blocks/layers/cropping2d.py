from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.margins import Margins, sides
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.system.errors import ShapeError


@declaration
class Cropping2D(Layer):
    """Cuts a margin off the image.

    Output shape:
        `(height - top - bottom, width - left - right, channels)`.

    Reference:
        https://keras.io/api/layers/reshaping_layers/cropping2d/
    """

    category = Category.CONVOLUTION
    keeps_values = True

    cropping: Annotated[
        Margins,
        Field(
            description="Pixels on every side, or (vertical, horizontal), or "
            "((top, bottom), (left, right))."
        ),
    ] = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        height, width, channels = image("Cropping2D", inputs[0])
        (top, bottom), (left, right) = sides(self.cropping)
        if top + bottom >= height or left + right >= width:
            raise ShapeError(
                ShapeCode.TOO_MUCH_CROPPED,
                rows=top + bottom,
                columns=left + right,
                size=(height, width),
            )
        return (height - top - bottom, width - left - right, channels)
