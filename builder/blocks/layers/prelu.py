from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Weight
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities
from builder.blocks.ranges import Range
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Initializer, KernelRegularizer, Shape
from builder.system.errors import ShapeError

Axis = Annotated[int, Strict(), Field(ge=1, le=4)]


@declaration
class PReLU(Layer):
    """Keeps positive values and multiplies negative ones by a learned slope.

    Output shape:
        That of the input.

    Parameters and cost:
        alpha holds one slope for every value, and only one along each shared axis: with
        shared_axes (1, 2) one per channel.

    Reference:
        He et al., "Delving Deep into Rectifiers", ICCV 2015.
    """

    category = Category.ACTIVATION

    _: KW_ONLY
    alpha_initializer: Initializer = "zeros"
    alpha_regularizer: KernelRegularizer = None
    shared_axes: Annotated[
        Annotated[tuple[Axis, ...], Field(min_length=1, max_length=4)] | None,
        Field(description="Axes along which the slope is the same; (1, 2) are height and width."),
    ] = None

    def output_shape(self, *inputs: Shape) -> Shape:
        if max(self.shared_axes or (1,)) > len(inputs[0]):
            raise ShapeError(
                ShapeCode.NO_SUCH_SHARED_AXES, shared_axes=self.shared_axes, shape=inputs[0]
            )
        if self.alpha_initializer == "orthogonal" and len(inputs[0]) == 1:
            raise ShapeError(ShapeCode.ORTHOGONAL_SLOPES, shape=inputs[0])
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        shared = self.shared_axes or ()
        sizes = (1 if axis in shared else size for axis, size in enumerate(inputs[0], 1))
        return (Weight("alpha", tuple(sizes)),)

    def output_range(self, *inputs: Range | None) -> Range | None:
        return inputs[0]  # the slopes begin at 0 and stay small

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return inputs[0]
