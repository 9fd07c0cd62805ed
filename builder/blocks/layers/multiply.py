from collections.abc import Sequence

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.merging import broadcast
from builder.blocks.probabilities import Probabilities, averaged, no_distribution
from builder.blocks.ranges import Range, multiplied
from builder.blocks.types import Shape


@declaration
class Multiply(Layer):
    """Multiplies its inputs value by value: how a gate, such as Squeeze-and-Excitation, acts.

    Output shape:
        That of the inputs; an axis of size 1 is stretched to the other's size.

    Reference:
        https://keras.io/api/layers/merging_layers/multiply/
    """

    category = Category.MERGE
    min_inputs = 2
    max_inputs = None

    def output_shape(self, *inputs: Shape) -> Shape:
        return broadcast("Multiply", inputs)

    def output_range(self, *inputs: Range | None) -> Range | None:
        return multiplied(inputs)

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return no_distribution(averaged(inputs))
