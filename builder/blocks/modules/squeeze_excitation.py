from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Count


@module
def squeeze_excitation(
    x: Tensor,
    ratio: Annotated[
        Count, Field(description="Channels per unit of the narrow layer: the reduction ratio.")
    ] = 16,
) -> Tensor:
    """Weighs each channel by what the whole image shows: pool, two Dense layers, multiply.

    Keeps the shape, so it works behind any block. Hu et al., "Squeeze-and-Excitation Networks",
    CVPR 2018.
    """
    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Dense(max(1, channels // ratio), activation="relu")(gate)
    gate = layers.Dense(channels, activation="sigmoid")(gate)
    return layers.Multiply()([x, gate])
