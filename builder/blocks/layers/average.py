from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.merging import broadcast
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
