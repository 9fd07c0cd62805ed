from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.types import ActivationName, Shape


@declaration
class Activation(Layer):
    """Applies a non-linear function to every value.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/core_layers/activation/
    """

    category = Category.ACTIVATION

    activation: Annotated[ActivationName, Field(description="The function's name.")] = "relu"

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
