"""The five modules of Inception v3, A to E, in the order in which the network uses them."""

from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.modules.conv_bn_relu import conv_bn_relu
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters


@module
def inception_a(
    x: Tensor,
    filters_pool: Annotated[Filters, Field(description="Channels behind the pooling.")] = 32,
) -> Tensor:
    """1×1, 5×5, two 3×3 and a pooling side by side: two 3×3 see as far as a second 5×5 would.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
    figure 5.
    """
    branch_1x1 = conv_bn_relu(x, 64, 1, scale=False)
    branch_5x5 = conv_bn_relu(x, 48, 1, scale=False)
    branch_5x5 = conv_bn_relu(branch_5x5, 64, 5, scale=False)
    branch_3x3 = conv_bn_relu(x, 64, 1, scale=False)
    branch_3x3 = conv_bn_relu(branch_3x3, 96, 3, scale=False)
    branch_3x3 = conv_bn_relu(branch_3x3, 96, 3, scale=False)
    branch_pool = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv_bn_relu(branch_pool, filters_pool, 1, scale=False)
    return layers.Concatenate()([branch_1x1, branch_5x5, branch_3x3, branch_pool])


@module
def inception_b(
    x: Tensor,
    filters: Annotated[Filters, Field(description="Channels of the 3×3 branch.")] = 384,
) -> Tensor:
    """Halves height and width by two strided branches and a pooling side by side.

    No feature is lost on the way, as it would be by pooling alone. Szegedy et al., "Rethinking the
    Inception Architecture for Computer Vision", CVPR 2016, figure 10.
    """
    branch_3x3 = conv_bn_relu(x, filters, 3, strides=2, padding="valid", scale=False)
    branch_deep = conv_bn_relu(x, 64, 1, scale=False)
    branch_deep = conv_bn_relu(branch_deep, 96, 3, scale=False)
    branch_deep = conv_bn_relu(branch_deep, 96, 3, strides=2, padding="valid", scale=False)
    branch_pool = layers.MaxPooling2D(3, strides=2)(x)
    return layers.Concatenate()([branch_3x3, branch_deep, branch_pool])


@module
def inception_c(
    x: Tensor,
    filters: Annotated[Filters, Field(description="Channels inside the 7×7 branches.")] = 128,
) -> Tensor:
    """Splits each 7×7 window into a 1×7 and a 7×1: the same view for 2/7 of the weights.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
    figure 6.
    """
    branch_1x1 = conv_bn_relu(x, 192, 1, scale=False)
    branch_7x7 = conv_bn_relu(x, filters, 1, scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, (1, 7), scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, 192, (7, 1), scale=False)
    branch_deep = conv_bn_relu(x, filters, 1, scale=False)
    for kernel_size in ((7, 1), (1, 7), (7, 1)):
        branch_deep = conv_bn_relu(branch_deep, filters, kernel_size, scale=False)
    branch_deep = conv_bn_relu(branch_deep, 192, (1, 7), scale=False)
    branch_pool = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv_bn_relu(branch_pool, 192, 1, scale=False)
    return layers.Concatenate()([branch_1x1, branch_7x7, branch_deep, branch_pool])


@module
def inception_d(
    x: Tensor,
    filters: Annotated[Filters, Field(description="Channels inside the branches.")] = 192,
) -> Tensor:
    """Halves height and width again, with a 7×7 split in two before one of the strides.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016.
    """
    branch_3x3 = conv_bn_relu(x, filters, 1, scale=False)
    branch_3x3 = conv_bn_relu(branch_3x3, 320, 3, strides=2, padding="valid", scale=False)
    branch_7x7 = conv_bn_relu(x, filters, 1, scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, (1, 7), scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, (7, 1), scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, 3, strides=2, padding="valid", scale=False)
    branch_pool = layers.MaxPooling2D(3, strides=2)(x)
    return layers.Concatenate()([branch_3x3, branch_7x7, branch_pool])


@module
def inception_e(
    x: Tensor,
    filters: Annotated[Filters, Field(description="Channels of each window's half.")] = 384,
) -> Tensor:
    """Lays the halves of each split window side by side: many channels on a small image.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
    figure 7.
    """

    def halves(x: Tensor) -> Tensor:
        wide = conv_bn_relu(x, filters, (1, 3), scale=False)
        high = conv_bn_relu(x, filters, (3, 1), scale=False)
        return layers.Concatenate()([wide, high])

    branch_1x1 = conv_bn_relu(x, 320, 1, scale=False)
    branch_3x3 = conv_bn_relu(x, filters, 1, scale=False)
    branch_3x3 = halves(branch_3x3)
    branch_deep = conv_bn_relu(x, 448, 1, scale=False)
    branch_deep = conv_bn_relu(branch_deep, filters, 3, scale=False)
    branch_deep = halves(branch_deep)
    branch_pool = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv_bn_relu(branch_pool, 192, 1, scale=False)
    return layers.Concatenate()([branch_1x1, branch_3x3, branch_deep, branch_pool])
