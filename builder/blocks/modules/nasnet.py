"""The cells that an architecture search found, and what they are made of."""

from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.modules.strided_padding import WindowSide, strided_padding
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, StrictBool, Strides

Adjust = Annotated[
    StrictBool,
    Field(description="Fits the second input to the first; off where it is the first itself."),
]


@module
def nasnet_separable_block(
    x: Tensor, filters: Filters = 44, kernel_size: WindowSide = 3, strides: Strides = 1
) -> Tensor:
    """ReLU, separable convolution, BatchNormalization, twice: one operation of a NASNet cell.

    Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", CVPR 2018.
    """

    def separable(x: Tensor, strides: Strides, padding: str) -> Tensor:
        x = layers.SeparableConv2D(
            filters, kernel_size, strides=strides, padding=padding, use_bias=False
        )(x)
        return layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(x)

    x = layers.Activation("relu")(x)
    if strides == 2:
        x = strided_padding(x, kernel_size)
        x = separable(x, 2, "valid")
    else:
        x = separable(x, strides, "same")
    x = layers.Activation("relu")(x)
    return separable(x, 1, "same")


@module
def nasnet_adjust(previous: Tensor, x: Tensor, filters: Filters = 44) -> Tensor:
    """Fits the output of the cell before the last to that of the last: size, then channels.

    Where the size differs, two paths take every second pixel, one shifted by a pixel, so that none
    is lost. Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition",
    CVPR 2018.
    """

    def conv(x: Tensor, filters: int) -> Tensor:
        return layers.Conv2D(
            filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal"
        )(x)

    if previous.shape[-2] != x.shape[-2]:
        previous = layers.Activation("relu")(previous)
        even = layers.AveragePooling2D(1, strides=2)(previous)
        even = conv(even, filters // 2)
        odd = layers.ZeroPadding2D(((0, 1), (0, 1)))(previous)
        odd = layers.Cropping2D(((1, 0), (1, 0)))(odd)
        odd = layers.AveragePooling2D(1, strides=2)(odd)
        odd = conv(odd, filters // 2)
        previous = layers.Concatenate()([even, odd])
        return layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(previous)
    if previous.shape[-1] != filters:
        previous = layers.Activation("relu")(previous)
        previous = conv(previous, filters)
        return layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(previous)
    return previous


@module
def nasnet_normal_cell(
    x: Tensor, previous: Tensor, filters: Filters = 44, adjust: Adjust = True
) -> Tensor:
    """Reads the two outputs before it and keeps height and width: NASNet-A's normal cell.

    Its wiring was found by a search on small images and carried over to large ones. Gives six
    times `filters` channels. Zoph et al., "Learning Transferable Architectures for Scalable Image
    Recognition", CVPR 2018.
    """
    if adjust:
        previous = nasnet_adjust(previous, x, filters)
    h = layers.Activation("relu")(x)
    h = layers.Conv2D(filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal")(h)
    h = layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(h)

    left = nasnet_separable_block(h, filters, 5)
    right = nasnet_separable_block(previous, filters, 3)
    x1 = layers.Add()([left, right])
    left = nasnet_separable_block(previous, filters, 5)
    right = nasnet_separable_block(previous, filters, 3)
    x2 = layers.Add()([left, right])
    left = layers.AveragePooling2D(3, strides=1, padding="same")(h)
    x3 = layers.Add()([left, previous])
    left = layers.AveragePooling2D(3, strides=1, padding="same")(previous)
    right = layers.AveragePooling2D(3, strides=1, padding="same")(previous)
    x4 = layers.Add()([left, right])
    left = nasnet_separable_block(h, filters, 3)
    x5 = layers.Add()([left, h])
    return layers.Concatenate()([previous, x1, x2, x3, x4, x5])


@module
def nasnet_reduction_cell(
    x: Tensor, previous: Tensor, filters: Filters = 44, adjust: Adjust = True
) -> Tensor:
    """Reads the two outputs before it and halves height and width: NASNet-A's reduction cell.

    Gives four times `filters` channels. Zoph et al., "Learning Transferable Architectures for
    Scalable Image Recognition", CVPR 2018.
    """
    if adjust:
        previous = nasnet_adjust(previous, x, filters)
    h = layers.Activation("relu")(x)
    h = layers.Conv2D(filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal")(h)
    h = layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(h)
    padded = strided_padding(h, 3)

    left = nasnet_separable_block(h, filters, 5, 2)
    right = nasnet_separable_block(previous, filters, 7, 2)
    x1 = layers.Add()([left, right])
    left = layers.MaxPooling2D(3, strides=2)(padded)
    right = nasnet_separable_block(previous, filters, 7, 2)
    x2 = layers.Add()([left, right])
    left = layers.AveragePooling2D(3, strides=2)(padded)
    right = nasnet_separable_block(previous, filters, 5, 2)
    x3 = layers.Add()([left, right])
    right = layers.AveragePooling2D(3, strides=1, padding="same")(x1)
    x4 = layers.Add()([x2, right])
    left = nasnet_separable_block(x1, filters, 3)
    right = layers.MaxPooling2D(3, strides=2)(padded)
    x5 = layers.Add()([left, right])
    return layers.Concatenate()([x2, x3, x4, x5])
