from collections.abc import Sequence
from dataclasses import KW_ONLY
from fractions import Fraction
from math import ceil
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.costs import Reach
from builder.blocks.declaration import declaration
from builder.blocks.interpolation import INTERPOLATION_TAPS, Interpolation
from builder.blocks.probabilities import Probabilities, no_distribution
from builder.blocks.ranges import Range
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape, Side, StrictBool
from builder.system.errors import ShapeError


@declaration
class Resizing(Layer):
    """Brings every image to one size by interpolation.

    Output shape:
        `(height, width, channels)`, as given.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
    """

    category = Category.DENSE
    keeps_values = True

    height: Annotated[Side, Field(description="Height of the output, in pixels.")] = 224
    width: Annotated[Side, Field(description="Width of the output, in pixels.")] = 224
    _: KW_ONLY
    interpolation: Interpolation = "bilinear"
    crop_to_aspect_ratio: Annotated[
        StrictBool, Field(description="Cuts what sticks out instead of distorting the image.")
    ] = False
    pad_to_aspect_ratio: Annotated[
        StrictBool, Field(description="Adds a margin of zeros instead of distorting the image.")
    ] = False
    antialias: Annotated[
        StrictBool, Field(description="Averages over all pixels that a smaller image leaves out.")
    ] = False

    def output_shape(self, *inputs: Shape) -> Shape:
        channels = image("Resizing", inputs[0])[2]
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ShapeError(ShapeCode.CROPPED_AND_PADDED)
        return (self.height, self.width, channels)

    def reach(self, *inputs: Shape) -> Reach:
        steps = Fraction(inputs[0][0], self.height), Fraction(inputs[0][1], self.width)
        if self.crop_to_aspect_ratio:
            steps = (min(steps), min(steps))
        elif self.pad_to_aspect_ratio:
            steps = (max(steps), max(steps))
        taps = INTERPOLATION_TAPS[self.interpolation]
        rows, columns = (ceil(taps * max(step, 1)) if self.antialias else taps for step in steps)
        return Reach((rows, columns), steps)

    def output_range(self, *inputs: Range | None) -> Range | None:
        if inputs[0] is None or not self.pad_to_aspect_ratio:
            return inputs[0]
        return inputs[0].with_zero()

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return no_distribution(inputs[0]) if self.pad_to_aspect_ratio else inputs[0]
