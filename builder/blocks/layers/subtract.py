from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.merging import broadcast
from builder.blocks.ranges import Range
from builder.blocks.types import Shape


@declaration
class Subtract(Layer):
    """Takes its second input away from its first, value by value.

    Output shape:
        That of the inputs; an axis of size 1 is stretched to the other's size.

    Reference:
        https://keras.io/api/layers/merging_layers/subtract/
    """

    category = Category.MERGE
    min_inputs = 2
    max_inputs = 2

    def output_shape(self, *inputs: Shape) -> Shape:
        return broadcast("Subtract", inputs)

    def output_range(self, *inputs: Range | None) -> Range | None:
        first, second = inputs
        if first is None or second is None:
            return None
        return Range(first.low - second.high, first.high - second.low)
