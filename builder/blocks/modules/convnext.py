from typing import Annotated

from pydantic import Field

from builder.blocks import initializers, layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, Rate, UnitInterval

InitialValue = Annotated[UnitInterval, Field(description="Scale of every channel at the start.")]


@module
def layer_scale(x: Tensor, initial_value: InitialValue = 1e-6) -> Tensor:
    """Multiplies each channel by a learned number that starts near zero.

    So a new branch begins as if it were not there. Written as a depthwise 1×1 convolution, which is
    the same. Touvron et al., "Going Deeper with Image Transformers", ICCV 2021.
    """
    return layers.DepthwiseConv2D(
        1, use_bias=False, depthwise_initializer=initializers.Constant(initial_value)
    )(x)


@module
def convnext_block(
    x: Tensor,
    filters: Filters = 96,
    initial_scale: InitialValue = 1e-6,
    drop_rate: Annotated[
        Rate, Field(description="Share of the images that skip the block in training.")
    ] = 0.0,
) -> Tensor:
    """A depthwise 7×7, then two Dense layers at each pixel, added to the input: ConvNeXt.

    Needs as many channels as `filters` to begin with. Liu et al., "A ConvNet for the 2020s",
    CVPR 2022.
    """
    shortcut = x
    x = layers.Conv2D(filters, 7, padding="same", groups=filters)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Dense(4 * filters)(x)
    x = layers.Activation("gelu")(x)
    x = layers.Dense(filters)(x)
    x = layer_scale(x, initial_scale)
    if drop_rate:
        x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1))(x)
    return layers.Add()([shortcut, x])
