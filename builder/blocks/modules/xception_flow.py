"""The blocks of the full Xception network; `xception_block` is the smaller one."""

from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, KernelSize, StrictBool


@module
def xception_reduction_block(
    x: Tensor,
    filters: Filters = 128,
    first_filters: Annotated[
        Filters | None, Field(description="Channels between the two; empty means filters.")
    ] = None,
    activates: Annotated[
        StrictBool, Field(description="Begins with a ReLU; off where one stands before it.")
    ] = True,
) -> Tensor:
    """Two separable convolutions and a pooling, added to a normalized 1×1 projection.

    The entry and exit flow of Xception. Chollet, "Xception: Deep Learning with Depthwise
    Separable Convolutions", CVPR 2017.
    """
    shortcut = layers.Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = layers.BatchNormalization()(shortcut)
    if activates:
        x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(first_filters or filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add()([x, shortcut])


@module
def xception_middle_block(x: Tensor, filters: Filters = 728) -> Tensor:
    """Three separable convolutions added to the block's input: the middle flow of Xception.

    Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017.
    """
    shortcut = x
    for _ in range(3):
        x = layers.Activation("relu")(x)
        x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
    return layers.Add()([x, shortcut])


@module
def separable_conv_bn_relu(x: Tensor, filters: Filters = 64, kernel_size: KernelSize = 3) -> Tensor:
    """Separable convolution without bias, BatchNormalization, ReLU.

    Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017.
    """
    x = layers.SeparableConv2D(filters, kernel_size, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)
