from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import FillMode, Shape


@declaration
class RandomZoom(Layer):
    """Zooms in or out by a random factor, during training only.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/
    """

    category = Category.REGULARIZATION
    keeps_values = True

    height_factor: Annotated[
        float,
        Field(
            ge=0, le=1, allow_inf_nan=False, description="Largest zoom either way; 0.2 means ±20 %."
        ),
    ] = 0.2
    _: KW_ONLY
    fill_mode: FillMode = "reflect"

    def output_shape(self, *inputs: Shape) -> Shape:
        return image("RandomZoom", inputs[0])
