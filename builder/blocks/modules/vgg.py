from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.parameter import Role
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Count, Filters


@module
def vgg_block(
    x: Tensor,
    filters: Filters = 64,
    num_convolutions: Annotated[
        Count, Field(le=64, description="3×3 convolutions before the pooling."), Role.DEPTH
    ] = 2,
) -> Tensor:
    """Several 3×3 convolutions, then a pooling that halves height and width.

    Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    ICLR 2015.
    """
    for _ in range(num_convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)
