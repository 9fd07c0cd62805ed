from dataclasses import KW_ONLY
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.costs import Reach
from builder.blocks.declaration import declaration
from builder.blocks.interpolation import INTERPOLATION_TAPS, Interpolation
from builder.blocks.types import Pair, Shape, pair


@declaration
class UpSampling2D(Layer):
    """Enlarges the image by a whole factor, without weights: repeats or interpolates pixels.

    Output shape:
        `(height · size, width · size, channels)`.

    Reference:
        https://keras.io/api/layers/reshaping_layers/up_sampling2d/
    """

    category = Category.CONVOLUTION
    keeps_values = True

    size: Annotated[Pair, Field(description="Factor for height and width.")] = 2
    _: KW_ONLY
    interpolation: Interpolation = "nearest"

    def output_shape(self, *inputs: Shape) -> Shape:
        height, width, channels = image("UpSampling2D", inputs[0])
        rows, columns = pair(self.size)
        return (height * rows, width * columns, channels)

    def reach(self, *inputs: Shape) -> Reach:
        taps = INTERPOLATION_TAPS[self.interpolation]
        rows, columns = pair(self.size)
        return Reach((taps, taps), (Fraction(1, rows), Fraction(1, columns)))
