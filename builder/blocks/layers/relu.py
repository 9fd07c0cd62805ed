from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape

Level = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


@declaration
class ReLU(Layer):
    """Keeps positive values and zeroes negative ones, with an upper limit where one is set.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/activation_layers/relu/
    """

    category = Category.ACTIVATION

    _: KW_ONLY
    max_value: Annotated[
        Level | None, Field(description="Largest output, 6 in MobileNets; empty means no limit.")
    ] = None
    negative_slope: Annotated[Level, Field(description="Factor for negative values.")] = 0.0
    threshold: Annotated[Level, Field(description="Values up to it count as negative.")] = 0.0

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
