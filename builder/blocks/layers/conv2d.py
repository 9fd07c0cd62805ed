from dataclasses import KW_ONLY
from math import gcd
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Reach, Weight
from builder.blocks.declaration import declaration
from builder.blocks.layers.separable_conv2d import SeparableConv2D
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import (
    Activation,
    BiasInitializer,
    Count,
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
    breaks_onednn,
    check_strides_and_dilation,
    slide,
    window_reach,
)
from builder.system.errors import ShapeError


@declaration
class Conv2D(Layer):
    """Slides learned filters over the image, each reading every input channel.

    Output shape:
        `(height', width', filters)`; 'same' gives ⌈n / stride⌉ pixels, 'valid' fewer.

    Parameters and cost:
        The kernel holds kh · kw · (channels / groups) · filters weights, used once per output
        pixel; the bias holds one per filter.

    Reference:
        https://keras.io/api/layers/convolution_layers/convolution2d/
    """

    category = Category.CONVOLUTION

    filters: Filters = 32
    kernel_size: KernelSize = 3
    _: KW_ONLY
    strides: Strides = 1
    padding: Padding = "valid"
    dilation_rate: Dilation = 1
    groups: Annotated[
        Count, Field(description="Splits the channels into groups that do not see each other.")
    ] = 1
    activation: Activation = None
    use_bias: UseBias = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: KernelRegularizer = None
    bias_regularizer: KernelRegularizer = None

    def output_shape(self, *inputs: Shape) -> Shape:
        check_strides_and_dilation("Conv2D", self.strides, self.dilation_rate)
        size = slide(
            "Conv2D",
            inputs[0],
            self.kernel_size,
            self.strides,
            self.padding,
            self.dilation_rate,
            parameter="kernel_size",
        )
        for name, number in (("input channels", inputs[0][2]), ("filters", self.filters)):
            if number % self.groups:
                raise ShapeError(
                    ShapeCode.CONVOLUTION_GROUPS,
                    number=number,
                    what=name,
                    groups=self.groups,
                    fitting=self._fitting_groups(inputs[0][2]),
                )
        return (*size, self.filters)

    def _fitting_groups(self, channels: int) -> int:
        """The largest number of groups, up to that of the layer, that divides the channels."""
        whole = gcd(channels, self.filters)
        return next(n for n in range(min(self.groups, whole), 0, -1) if whole % n == 0)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        channels = inputs[0][2] // self.groups
        kernel = Weight("kernel", (*pair(self.kernel_size), channels, self.filters))
        return (kernel, Weight("bias", (self.filters,))) if self.use_bias else (kernel,)

    def reach(self, *inputs: Shape) -> Reach:
        return window_reach(self.kernel_size, self.strides, self.dilation_rate)

    def breaks_onednn(self, *inputs: Shape) -> bool:
        return breaks_onednn(self.kernel_size, self.strides, inputs[0][2] // self.groups)

    def alternatives(self) -> tuple[Layer, ...]:
        if self.kernel_size == 1 or self.groups > 1 or isinstance(self.strides, tuple):
            return ()
        return (
            SeparableConv2D(
                self.filters,
                self.kernel_size,
                strides=self.strides,
                padding=self.padding,
                dilation_rate=self.dilation_rate,
                activation=self.activation,
                use_bias=self.use_bias,
            ),
        )
