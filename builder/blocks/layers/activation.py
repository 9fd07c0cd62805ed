from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import POSITIVE_UNCHANGED, Probabilities, made_by
from builder.blocks.ranges import Range, activated
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

    def output_range(self, *inputs: Range | None) -> Range | None:
        return activated(self.activation, inputs[0])

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        if self.activation in POSITIVE_UNCHANGED:
            return inputs[0]
        return made_by(self.activation)
