from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities, no_distribution
from builder.blocks.ranges import Range, spanned
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

    def output_range(self, *inputs: Range | None) -> Range | None:
        if inputs[0] is None:
            return None
        return spanned((self._apply(inputs[0].low), self._apply(inputs[0].high)))

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        unchanged = self.threshold == 0 and (self.max_value is None or self.max_value >= 1)
        return inputs[0] if unchanged else no_distribution(inputs[0])

    def _apply(self, value: float) -> float:
        if value <= self.threshold:
            return self.negative_slope * (value - self.threshold)
        return value if self.max_value is None else min(value, self.max_value)
