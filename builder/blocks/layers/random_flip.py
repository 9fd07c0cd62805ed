from typing import Annotated, Literal

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape


@declaration
class RandomFlip(Layer):
    """Mirrors images at random, during training only.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
    """

    category = Category.REGULARIZATION
    keeps_values = True

    mode: Annotated[
        Literal["horizontal", "vertical", "horizontal_and_vertical"],
        Field(description="Left to right, upside down, or both."),
    ] = "horizontal"

    def output_shape(self, *inputs: Shape) -> Shape:
        return image("RandomFlip", inputs[0])
