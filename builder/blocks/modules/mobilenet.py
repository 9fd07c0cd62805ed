from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.modules.strided_padding import strided_padding
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Count, Filters, Strides


@module
def depthwise_separable_block(x: Tensor, filters: Filters = 64, strides: Strides = 1) -> Tensor:
    """A depthwise 3×3 and a 1×1 convolution, each normalized and cut off at 6: MobileNet.

    Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
    Applications", arXiv:1704.04861.
    """
    padding = "same"
    if strides != 1:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
        padding = "valid"
    x = layers.DepthwiseConv2D(3, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(max_value=6.0)(x)
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU(max_value=6.0)(x)


@module
def inverted_residual_block(
    x: Tensor,
    filters: Filters = 16,
    strides: Strides = 1,
    expansion: Annotated[
        Count, Field(le=64, description="Inner channels for each channel of the input.")
    ] = 6,
) -> Tensor:
    """Widens, filters each channel, narrows: the shortcut joins the narrow ends: MobileNetV2.

    The last convolution has no activation, since a ReLU on few channels would lose information.
    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018.
    """

    def bn(x: Tensor) -> Tensor:
        return layers.BatchNormalization(momentum=0.999, epsilon=1e-3)(x)

    shortcut = x
    channels = x.shape[-1]
    if expansion != 1:
        x = layers.Conv2D(expansion * channels, 1, padding="same", use_bias=False)(x)
        x = bn(x)
        x = layers.ReLU(max_value=6.0)(x)
    padding = "same"
    if strides == 2:
        x = strided_padding(x, 3)
        padding = "valid"
    x = layers.DepthwiseConv2D(3, strides=strides, padding=padding, use_bias=False)(x)
    x = bn(x)
    x = layers.ReLU(max_value=6.0)(x)
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False)(x)
    x = bn(x)
    if strides == 1 and channels == filters:
        x = layers.Add()([shortcut, x])
    return x
