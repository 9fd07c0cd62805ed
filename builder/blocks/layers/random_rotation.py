from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import FillMode, Shape


@declaration
class RandomRotation(Layer):
    """Turns images by a random angle, during training only.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/
    """

    category = Category.REGULARIZATION
    keeps_values = True

    factor: Annotated[
        float,
        Field(
            ge=0, le=1, allow_inf_nan=False, description="Largest angle, as a share of a full turn."
        ),
    ] = 0.1
    _: KW_ONLY
    fill_mode: FillMode = "reflect"

    def output_shape(self, *inputs: Shape) -> Shape:
        return image("RandomRotation", inputs[0])
