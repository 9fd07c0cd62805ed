from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Count, Rate, Shape
from builder.system.errors import ShapeError


@declaration
class Dropout(Layer):
    """Zeroes a random share of the values during training, so that none is relied on alone.

    Output shape:
        That of the input.

    Reference:
        Srivastava et al., "Dropout", JMLR 2014.
    """

    category = Category.REGULARIZATION
    keeps_values = True

    rate: Annotated[Rate, Field(description="Share of the values that is zeroed.")] = 0.5
    _: KW_ONLY
    noise_shape: Annotated[
        tuple[Count | None, ...] | None,
        Field(
            min_length=1,
            max_length=5,
            description=(
                "Shape of the random mask, batch first; along a 1 all values share their fate: "
                "(None, 1, 1, 1) drops whole examples."
            ),
        ),
    ] = None

    def output_shape(self, *inputs: Shape) -> Shape:
        if self.noise_shape is not None:
            batch, *sizes = self.noise_shape
            fits = len(sizes) == len(inputs[0]) and all(
                size in (None, 1, actual) for size, actual in zip(sizes, inputs[0], strict=False)
            )
            if batch not in (None, 1) or not fits:
                raise ShapeError(
                    ShapeCode.WRONG_NOISE_SHAPE, noise_shape=self.noise_shape, shape=inputs[0]
                )
        return inputs[0]
