from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, KernelSize, Padding, Strides


@module
def conv_bn_relu(
    x: Tensor,
    filters: Filters = 32,
    kernel_size: KernelSize = 3,
    strides: Strides = 1,
    padding: Padding = "same",
) -> Tensor:
    """Convolution without bias, BatchNormalization, ReLU: the usual order of the three.

    Ioffe and Szegedy, "Batch Normalization", ICML 2015: the normalisation removes the mean, so a
    bias in front of it would do nothing.
    """
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)
