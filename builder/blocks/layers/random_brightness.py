from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.ranges import Range
from builder.blocks.types import Rate, Shape
from builder.blocks.value_range import ValueRange, check_value_range


@declaration
class RandomBrightness(Layer):
    """Makes images lighter or darker at random, during training only.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/
    """

    category = Category.REGULARIZATION
    keeps_values = True

    factor: Annotated[
        Rate, Field(description="Largest change either way, as a share of the value range.")
    ] = 0.2
    _: KW_ONLY
    value_range: ValueRange = (0.0, 255.0)

    def output_shape(self, *inputs: Shape) -> Shape:
        check_value_range("RandomBrightness", self.value_range)
        return image("RandomBrightness", inputs[0])

    def told_range(self) -> Range | None:
        return Range(*self.value_range)
