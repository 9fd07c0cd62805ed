from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer, image
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape, Side


@declaration
class RandomCrop(Layer):
    """Cuts a part of a given size out at random during training; in use it changes nothing.

    In validation and in use images pass as they are, with their own height and width. Behind global
    pooling that makes no difference; in front of Flatten a CenterCrop of the same size has to
    follow. An image that is too small is enlarged, in training only.

    Output shape:
        `(height, width, channels)` in training; that of the input in use.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
    """

    category = Category.REGULARIZATION
    keeps_values = True
    differs_in_use = True

    height: Annotated[Side, Field(description="Height of the output, in pixels.")] = 24
    width: Annotated[Side, Field(description="Width of the output, in pixels.")] = 24

    def output_shape(self, *inputs: Shape) -> Shape:
        return (self.height, self.width, image("RandomCrop", inputs[0])[2])

    def shape_in_use(self, *inputs: Shape) -> Shape:
        return image("RandomCrop", inputs[0])
