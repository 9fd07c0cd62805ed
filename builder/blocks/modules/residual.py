from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, StrictBool


@module
def residual_block(
    x: Tensor,
    filters: Filters = 32,
    pooling: Annotated[
        StrictBool, Field(description="Halves height and width by max pooling.")
    ] = False,
) -> Tensor:
    """Two 3×3 convolutions whose output is added to the block's input.

    The shortcut is the input itself; a 1×1 convolution where the number of channels changes; one
    with stride 2 where the block pools. He et al., "Deep Residual Learning for Image Recognition",
    CVPR 2016.
    """
    shortcut = x
    if pooling:
        shortcut = layers.Conv2D(filters, 1, strides=2)(x)
    elif x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1)(x)
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if pooling:
        x = layers.MaxPooling2D(2, padding="same")(x)
    return layers.Add()([x, shortcut])
