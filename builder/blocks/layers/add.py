from collections.abc import Sequence

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.merging import broadcast
from builder.blocks.probabilities import Probabilities
from builder.blocks.ranges import Range
from builder.blocks.types import Shape


@declaration
class Add(Layer):
    """Adds its inputs value by value: the meeting point of a residual connection.

    Output shape:
        That of the inputs; an axis of size 1 is stretched to the other's size.

    Reference:
        https://keras.io/api/layers/merging_layers/add/
    """

    category = Category.MERGE
    min_inputs = 2
    max_inputs = None

    def output_shape(self, *inputs: Shape) -> Shape:
        return broadcast("Add", inputs)

    def output_range(self, *inputs: Range | None) -> Range | None:
        known = [each for each in inputs if each is not None]
        if len(known) < len(inputs):
            return None
        return Range(sum(each.low for each in known), sum(each.high for each in known))

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return None if None in inputs else Probabilities.SHARES
