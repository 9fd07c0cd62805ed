from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import FillMode, Rate, Shape


@declaration
class RandomTranslation(Layer):
    """Shifts images up, down, left or right by a random distance, during training only.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
    """

    category = Category.REGULARIZATION
    keeps_values = True

    height_factor: Annotated[
        Rate, Field(description="Largest shift up or down, as a share of the height.")
    ] = 0.1
    width_factor: Annotated[
        Rate, Field(description="Largest shift to a side, as a share of the width.")
    ] = 0.1
    _: KW_ONLY
    fill_mode: FillMode = "reflect"

    def output_shape(self, *inputs: Shape) -> Shape:
        return image("RandomTranslation", inputs[0])
