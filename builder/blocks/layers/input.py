from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.types import Count, Shape


@declaration
class Input(Layer):
    """The images that the network reads: height, width and channels.

    Keras writes it `keras.Input(shape=...)` and creates an `InputLayer`. The batch axis is implied.

    Output shape:
        `shape`, as given.

    Reference:
        https://keras.io/api/layers/core_layers/input/
    """

    category = Category.IO
    min_inputs = 0
    max_inputs = 0
    keras_class = "InputLayer"

    _: KW_ONLY
    shape: Annotated[
        tuple[Count, Count, Count],
        Field(description="Height and width in pixels, and channels: 1 for gray, 3 for color."),
    ] = (32, 32, 3)

    def output_shape(self, *inputs: Shape) -> Shape:
        return self.shape
