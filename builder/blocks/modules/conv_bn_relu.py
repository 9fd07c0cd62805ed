from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, KernelSize, Padding, StrictBool, Strides


@module
def conv_bn_relu(
    x: Tensor,
    filters: Filters = 32,
    kernel_size: KernelSize = 3,
    strides: Strides = 1,
    padding: Padding = "same",
    scale: Annotated[
        StrictBool, Field(description="Learns a scale; of no use before a ReLU and a convolution.")
    ] = True,
) -> Tensor:
    """Convolution without bias, BatchNormalization, ReLU: the usual order of the three.

    Ioffe and Szegedy, "Batch Normalization", ICML 2015: the normalization removes the mean, so a
    bias in front of it would do nothing.
    """
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(scale=scale)(x)
    return layers.Activation("relu")(x)
