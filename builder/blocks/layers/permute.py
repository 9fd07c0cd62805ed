from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.base import Category, Layer
from builder.blocks.costs import POINT, Reach
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities, rearranged
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.system.errors import ShapeError

Axis = Annotated[int, Strict(), Field(ge=1, le=4)]


@declaration
class Permute(Layer):
    """Changes the order of the axes, such as height and width.

    Output shape:
        The input's sizes in the order of `dims`; 1 is the first axis behind the batch.

    Reference:
        https://keras.io/api/layers/reshaping_layers/permute/
    """

    category = Category.DENSE
    keeps_values = True

    dims: Annotated[
        tuple[Axis, ...],
        Field(min_length=1, max_length=4, description="The axes in their new order, from 1."),
    ] = (2, 1, 3)

    def output_shape(self, *inputs: Shape) -> Shape:
        shape = inputs[0]
        if sorted(self.dims) != list(range(1, len(shape) + 1)):
            raise ShapeError(ShapeCode.WRONG_DIMS, dims=self.dims, shape=shape)
        return tuple(shape[axis - 1] for axis in self.dims)

    def reach(self, *inputs: Shape) -> Reach:
        if len(self.dims) != 3 or self.dims == (1, 2, 3):
            return POINT
        height, width, _ = inputs[0]
        rows, columns = (frozenset({axis - 1} - {2}) for axis in self.dims[:2])
        # An axis that becomes that of the channels is seen as a whole.
        window = (1 if 1 in self.dims[:2] else height, 1 if 2 in self.dims[:2] else width)
        return Reach(window, (1, 1), (rows, columns))

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return rearranged(inputs[0], shapes[0], self.output_shape(*shapes))
