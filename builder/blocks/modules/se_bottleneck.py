from typing import Annotated

from pydantic import Field

from builder.blocks import layers, regularizers
from builder.blocks.module import module
from builder.blocks.modules.squeeze_excitation import squeeze_excitation
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Count, Filters, Strides, UnitInterval


@module
def se_bottleneck_block(
    x: Tensor,
    filters: Filters = 64,
    strides: Strides = 1,
    ratio: Annotated[
        Count, Field(description="Channels per unit of the narrow layer: the reduction ratio.")
    ] = 16,
    weight_decay: Annotated[
        UnitInterval, Field(description="Factor of the L2 penalty on the kernels; 0 for none.")
    ] = 1e-4,
) -> Tensor:
    """A bottleneck block that weighs its channels by Squeeze-and-Excitation before the addition.

    The convolutions have no bias. Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018.
    """

    def conv_bn(x: Tensor, filters: int, kernel_size: int, strides: Strides = 1) -> Tensor:
        x = layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding="valid" if kernel_size == 1 else "same",
            use_bias=False,
            kernel_initializer="he_normal",
            kernel_regularizer=regularizers.L2(weight_decay) if weight_decay else None,
        )(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    shortcut = x
    if strides != 1 or x.shape[-1] != filters * 4:
        shortcut = conv_bn(x, filters * 4, 1, strides)
    x = conv_bn(x, filters, 1, strides)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, filters, 3)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, filters * 4, 1)
    x = squeeze_excitation(x, ratio)
    x = layers.Add()([shortcut, x])
    return layers.Activation("relu")(x)
