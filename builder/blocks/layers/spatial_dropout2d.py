from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import Rate, Shape


@declaration
class SpatialDropout2D(Layer):
    """Zeroes whole channels at random during training: single pixels are too alike to be missed.

    Output shape:
        That of the input.

    Reference:
        Tompson et al., "Efficient Object Localization Using Convolutional Networks", CVPR 2015.
    """

    category = Category.REGULARIZATION
    keeps_values = True

    rate: Annotated[Rate, Field(description="Share of the channels that is zeroed.")] = 0.2

    def output_shape(self, *inputs: Shape) -> Shape:
        return image("SpatialDropout2D", inputs[0])
