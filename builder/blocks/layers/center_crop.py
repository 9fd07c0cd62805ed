from fractions import Fraction
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.costs import POINT, Reach
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape, Side


@declaration
class CenterCrop(Layer):
    """Keeps the middle of the image, at a given size.

    An image that is smaller than that is enlarged first, keeping its aspect ratio.

    Output shape:
        `(height, width, channels)`, as given.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
    """

    category = Category.DENSE
    keeps_values = True

    height: Annotated[Side, Field(description="Height of the output, in pixels.")] = 24
    width: Annotated[Side, Field(description="Width of the output, in pixels.")] = 24

    def output_shape(self, *inputs: Shape) -> Shape:
        return (self.height, self.width, image("CenterCrop", inputs[0])[2])

    def reach(self, *inputs: Shape) -> Reach:
        scale = min(Fraction(inputs[0][0], self.height), Fraction(inputs[0][1], self.width))
        return POINT if scale >= 1 else Reach((2, 2), (scale, scale))
