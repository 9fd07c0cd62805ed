from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities
from builder.blocks.ranges import Range, spanned
from builder.blocks.types import Shape


@declaration
class LeakyReLU(Layer):
    """Keeps positive values and lets a small share of negative ones through.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/activation_layers/leaky_relu/
    """

    category = Category.ACTIVATION

    negative_slope: Annotated[
        float,
        Field(ge=0, le=1e6, allow_inf_nan=False, description="Factor for negative values."),
    ] = 0.3

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def output_range(self, *inputs: Range | None) -> Range | None:
        if inputs[0] is None:
            return None
        ends = (inputs[0].low, inputs[0].high)
        return spanned(end if end > 0 else self.negative_slope * end for end in ends)

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return inputs[0]
