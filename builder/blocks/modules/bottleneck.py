from typing import Annotated

from pydantic import Field

from builder.blocks import layers, regularizers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import (
    Count,
    Filters,
    Initializer,
    KernelSize,
    Strides,
    UnitInterval,
    UseBias,
)


@module
def bottleneck_block(
    x: Tensor,
    filters: Filters = 64,
    kernel_size: KernelSize = 3,
    strides: Strides = 1,
    expansion: Annotated[
        Count, Field(le=64, description="Output channels for each of the inner filters.")
    ] = 4,
    use_bias: UseBias = False,
    kernel_initializer: Initializer = "he_normal",
    weight_decay: Annotated[
        UnitInterval, Field(description="Factor of the L2 penalty on the kernels; 0 for none.")
    ] = 1e-4,
    momentum: Annotated[
        UnitInterval, Field(description="Momentum of each BatchNormalization.")
    ] = 0.9,
    epsilon: Annotated[
        UnitInterval, Field(description="Epsilon of each BatchNormalization.")
    ] = 1e-5,
) -> Tensor:
    """Narrows with a 1×1, convolves, widens with a 1×1, and adds the block's input.

    Each convolution is followed by BatchNormalization. The shortcut is the input itself (the
    identity block), or a 1×1 projection where strides or channels change (the convolution block).
    He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
    """

    def conv_bn(x: Tensor, filters: int, kernel_size: KernelSize, strides: Strides = 1) -> Tensor:
        x = layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding="valid" if kernel_size == 1 else "same",
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            kernel_regularizer=regularizers.L2(weight_decay) if weight_decay else None,
        )(x)
        return layers.BatchNormalization(momentum=momentum, epsilon=epsilon)(x)

    shortcut = x
    if strides != 1 or x.shape[-1] != filters * expansion:
        shortcut = conv_bn(x, filters * expansion, 1, strides)
    x = conv_bn(x, filters, 1, strides)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, filters, kernel_size)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, filters * expansion, 1)
    x = layers.Add()([shortcut, x])
    return layers.Activation("relu")(x)
