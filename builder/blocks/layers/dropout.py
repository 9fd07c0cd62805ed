from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.types import Rate, Shape


@declaration
class Dropout(Layer):
    """Zeroes a random share of the values during training, so that none is relied on alone.

    Output shape:
        That of the input.

    Reference:
        Srivastava et al., "Dropout", JMLR 2014.
    """

    category = Category.REGULARISATION

    rate: Annotated[Rate, Field(description="Share of the values that is zeroed.")] = 0.5

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
