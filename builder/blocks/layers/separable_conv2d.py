from dataclasses import KW_ONLY

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Reach, Weight
from builder.blocks.declaration import declaration
from builder.blocks.types import (
    Activation,
    BiasInitializer,
    DepthMultiplier,
    Dilation,
    Filters,
    Initializer,
    KernelRegularizer,
    KernelSize,
    Padding,
    Shape,
    Strides,
    UseBias,
    pair,
)
from builder.blocks.windows import (
    check_equal_strides,
    check_strides_and_dilation,
    slide,
    window_reach,
)


@declaration
class SeparableConv2D(Layer):
    """Filters each channel by itself, then mixes the channels with a 1×1 convolution.

    Output shape:
        `(height', width', filters)`, as for Conv2D.

    Parameters and cost:
        kh · kw · channels · depth_multiplier depthwise weights and channels · depth_multiplier ·
        filters pointwise ones, each used once per output pixel; one bias per filter.

    Reference:
        Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017.
    """

    category = Category.CONVOLUTION

    filters: Filters = 32
    kernel_size: KernelSize = 3
    _: KW_ONLY
    strides: Strides = 1
    padding: Padding = "valid"
    dilation_rate: Dilation = 1
    depth_multiplier: DepthMultiplier = 1
    activation: Activation = None
    use_bias: UseBias = True
    depthwise_initializer: Initializer = "glorot_uniform"
    pointwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    depthwise_regularizer: KernelRegularizer = None
    pointwise_regularizer: KernelRegularizer = None
    bias_regularizer: KernelRegularizer = None

    def output_shape(self, *inputs: Shape) -> Shape:
        check_strides_and_dilation("SeparableConv2D", self.strides, self.dilation_rate)
        check_equal_strides("SeparableConv2D", self.strides)
        size = slide(
            "SeparableConv2D",
            inputs[0],
            self.kernel_size,
            self.strides,
            self.padding,
            self.dilation_rate,
            parameter="kernel_size",
        )
        return (*size, self.filters)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        channels = inputs[0][2]
        depthwise = (*pair(self.kernel_size), channels, self.depth_multiplier)
        pointwise = (1, 1, channels * self.depth_multiplier, self.filters)
        kernels = (Weight("depthwise_kernel", depthwise), Weight("pointwise_kernel", pointwise))
        return (*kernels, Weight("bias", (self.filters,))) if self.use_bias else kernels

    def reach(self, *inputs: Shape) -> Reach:
        return window_reach(self.kernel_size, self.strides, self.dilation_rate)
