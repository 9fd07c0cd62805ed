from collections.abc import Sequence
from math import prod
from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Reach, whole
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities, rearranged
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import MAX_SIZE, Shape
from builder.system.errors import ShapeError

Size = Annotated[int, Strict(), Field(ge=-1, le=MAX_SIZE * MAX_SIZE)]


@declaration
class Reshape(Layer):
    """Arranges the same values in another shape.

    Output shape:
        `target_shape`, in which one size may be -1 and is worked out.

    Reference:
        https://keras.io/api/layers/reshaping_layers/reshape/
    """

    category = Category.DENSE
    keeps_values = True

    target_shape: Annotated[
        tuple[Size, ...],
        Field(min_length=1, max_length=4, description="The new shape; one size may be -1."),
    ] = (-1,)

    def output_shape(self, *inputs: Shape) -> Shape:
        total = prod(inputs[0])
        known = prod(size for size in self.target_shape if size != -1)
        unknown = self.target_shape.count(-1)
        if unknown > 1:
            raise ShapeError(ShapeCode.SEVERAL_UNKNOWN_SIZES, target_shape=self.target_shape)
        if known == 0 or total % known or (unknown == 0 and known != total):
            raise ShapeError(
                ShapeCode.WRONG_NUMBER_OF_VALUES,
                shape=inputs[0],
                total=total,
                target_shape=self.target_shape,
            )
        return tuple(total // known if size == -1 else size for size in self.target_shape)

    def reach(self, *inputs: Shape) -> Reach:
        return whole(inputs[0])

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return rearranged(inputs[0], shapes[0], self.output_shape(*shapes))
