from collections.abc import Sequence
from math import prod

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Reach, whole
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities, rearranged
from builder.blocks.types import Shape


@declaration
class Flatten(Layer):
    """Lays all values of an image out in one row, for a Dense layer to read.

    Output shape:
        `(height · width · channels,)`.

    Reference:
        https://keras.io/api/layers/reshaping_layers/flatten/
    """

    category = Category.DENSE
    keeps_values = True

    def output_shape(self, *inputs: Shape) -> Shape:
        return (prod(inputs[0]),)

    def reach(self, *inputs: Shape) -> Reach:
        return whole(inputs[0])

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return rearranged(inputs[0], shapes[0], self.output_shape(*shapes))
