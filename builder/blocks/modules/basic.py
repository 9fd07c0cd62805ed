from typing import Annotated

from pydantic import Field

from builder.blocks import layers, regularizers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, Strides, UnitInterval


@module
def basic_block(
    x: Tensor,
    filters: Filters = 64,
    strides: Strides = 1,
    weight_decay: Annotated[
        UnitInterval, Field(description="Factor of the L2 penalty on the kernels; 0 for none.")
    ] = 1e-4,
) -> Tensor:
    """Two 3×3 convolutions with BatchNormalization, added to the block's input: ResNet-18 and 34.

    The shortcut is a 1×1 projection where strides or channels change. He et al., "Deep Residual
    Learning for Image Recognition", CVPR 2016.
    """

    def conv_bn(x: Tensor, kernel_size: int, strides: Strides = 1) -> Tensor:
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
    if strides != 1 or x.shape[-1] != filters:
        shortcut = conv_bn(x, 1, strides)
    x = conv_bn(x, 3, strides)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, 3)
    x = layers.Add()([shortcut, x])
    return layers.Activation("relu")(x)
