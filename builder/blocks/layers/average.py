from collections.abc import Sequence

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.merging import broadcast
from builder.blocks.probabilities import Probabilities, averaged
from builder.blocks.ranges import Range, joined
from builder.blocks.types import Shape


@declaration
class Average(Layer):
    """Averages its inputs value by value.

    Output shape:
        That of the inputs; an axis of size 1 is stretched to the other's size.

    Reference:
        https://keras.io/api/layers/merging_layers/average/
    """

    category = Category.MERGE
    min_inputs = 2
    max_inputs = None

    def output_shape(self, *inputs: Shape) -> Shape:
        return broadcast("Average", inputs)

    def output_range(self, *inputs: Range | None) -> Range | None:
        return joined(inputs)

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return averaged(inputs)
