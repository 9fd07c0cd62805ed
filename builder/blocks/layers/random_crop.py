from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape, Side


@declaration
class RandomCrop(Layer):
    """Cuts a part of a given size out at random during training; otherwise resizes to it.

    Output shape:
        `(height, width, channels)`, as given.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
    """

    category = Category.REGULARISATION
    keeps_values = True

    height: Annotated[Side, Field(description="Height of the output, in pixels.")] = 24
    width: Annotated[Side, Field(description="Width of the output, in pixels.")] = 24

    def output_shape(self, *inputs: Shape) -> Shape:
        return (self.height, self.width, image("RandomCrop", inputs[0])[2])
