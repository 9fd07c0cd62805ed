from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters


@module
def inception_v1_module(
    x: Tensor,
    filters_1x1: Annotated[Filters, Field(description="Channels of the 1×1 branch.")] = 64,
    filters_3x3_reduce: Annotated[Filters, Field(description="Channels before the 3×3.")] = 96,
    filters_3x3: Annotated[Filters, Field(description="Channels of the 3×3 branch.")] = 128,
    filters_5x5_reduce: Annotated[Filters, Field(description="Channels before the 5×5.")] = 16,
    filters_5x5: Annotated[Filters, Field(description="Channels of the 5×5 branch.")] = 32,
    filters_pool: Annotated[Filters, Field(description="Channels behind the pooling.")] = 32,
) -> Tensor:
    """Looks at the image through 1×1, 3×3 and 5×5 windows and a pooling at once, side by side.

    1×1 convolutions narrow the input of the larger windows. Szegedy et al., "Going Deeper with
    Convolutions", CVPR 2015.
    """

    def conv(x: Tensor, filters: int, kernel_size: int) -> Tensor:
        return layers.Conv2D(filters, kernel_size, padding="same", activation="relu")(x)

    branch_1x1 = conv(x, filters_1x1, 1)
    branch_3x3 = conv(x, filters_3x3_reduce, 1)
    branch_3x3 = conv(branch_3x3, filters_3x3, 3)
    branch_5x5 = conv(x, filters_5x5_reduce, 1)
    branch_5x5 = conv(branch_5x5, filters_5x5, 5)
    branch_pool = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv(branch_pool, filters_pool, 1)
    return layers.Concatenate()([branch_1x1, branch_3x3, branch_5x5, branch_pool])
