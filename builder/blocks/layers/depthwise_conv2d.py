from dataclasses import KW_ONLY

from builder.blocks.base import Category, Layer, image
from builder.blocks.costs import Reach, Weight
from builder.blocks.declaration import declaration
from builder.blocks.types import (
    Activation,
    BiasInitializer,
    DepthMultiplier,
    Dilation,
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
class DepthwiseConv2D(Layer):
    """Filters each channel by itself and mixes none: the first half of a separable convolution.

    Output shape:
        `(height', width', channels · depth_multiplier)`.

    Parameters and cost:
        kh · kw · channels · depth_multiplier weights, each used once per output pixel.

    Reference:
        https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/
    """

    category = Category.CONVOLUTION

    kernel_size: KernelSize = 3
    _: KW_ONLY
    strides: Strides = 1
    padding: Padding = "valid"
    depth_multiplier: DepthMultiplier = 1
    dilation_rate: Dilation = 1
    activation: Activation = None
    use_bias: UseBias = True
    depthwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    depthwise_regularizer: KernelRegularizer = None
    bias_regularizer: KernelRegularizer = None

    def output_shape(self, *inputs: Shape) -> Shape:
        check_strides_and_dilation("DepthwiseConv2D", self.strides, self.dilation_rate)
        check_equal_strides("DepthwiseConv2D", self.strides)
        channels = image("DepthwiseConv2D", inputs[0])[2]
        size = slide(
            "DepthwiseConv2D",
            inputs[0],
            self.kernel_size,
            self.strides,
            self.padding,
            self.dilation_rate,
            parameter="kernel_size",
        )
        return (*size, channels * self.depth_multiplier)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        channels = inputs[0][2]
        kernel = Weight("kernel", (*pair(self.kernel_size), channels, self.depth_multiplier))
        bias = Weight("bias", (channels * self.depth_multiplier,))
        return (kernel, bias) if self.use_bias else (kernel,)

    def reach(self, *inputs: Shape) -> Reach:
        return window_reach(self.kernel_size, self.strides, self.dilation_rate)
