from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import AfterValidator, Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.ranges import Range
from builder.blocks.types import Rate, Shape
from builder.blocks.value_range import ValueRange, check_value_range


def _upwards(factor: float | tuple[float, float]) -> float | tuple[float, float]:
    """Sorts the two changes, as Keras does, and writes one that only goes up as one number."""
    if not isinstance(factor, tuple):
        return factor
    low, high = sorted(factor)
    return (low, high) if low else high


@declaration
class RandomContrast(Layer):
    """Strengthens or weakens the contrast at random, during training only.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/
    """

    category = Category.REGULARIZATION
    keeps_values = True

    factor: Annotated[
        Rate | tuple[Rate, Rate],
        Field(
            description="Largest change up: 0.2 means up to 20 % more contrast. Two numbers are "
            "the largest changes down and up, the smaller first: (0.2, 0.2) means ±20 %."
        ),
        AfterValidator(_upwards),
    ] = 0.2
    _: KW_ONLY
    value_range: ValueRange = (0.0, 255.0)

    def output_shape(self, *inputs: Shape) -> Shape:
        check_value_range("RandomContrast", self.value_range)
        return image("RandomContrast", inputs[0])

    def told_range(self) -> Range | None:
        return Range(*self.value_range)
