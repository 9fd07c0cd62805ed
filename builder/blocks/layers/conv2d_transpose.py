from dataclasses import KW_ONLY
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from builder.blocks.base import Category, Layer, image
from builder.blocks.costs import Reach, Weight
from builder.blocks.declaration import declaration
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import (
    MAX_SIZE,
    Activation,
    BiasInitializer,
    Dilation,
    Filters,
    Initializer,
    KernelRegularizer,
    KernelSize,
    Padding,
    Shape,
    Strides,
    UseBias,
    collapse,
    pair,
)
from builder.blocks.windows import breaks_onednn
from builder.system.errors import ShapeError

Extra = Annotated[int, Strict(), Field(ge=0, lt=MAX_SIZE)]


@declaration
class Conv2DTranspose(Layer):
    """Enlarges the image with learned filters: a convolution run backwards (up-convolution).

    Output shape:
        `(height', width', filters)`; with stride s, 'same' gives n · s pixels and 'valid'
        (n - 1) · s + k, or n · s where the window is smaller than the stride.

    Parameters and cost:
        The kernel holds kh · kw · filters · channels weights, used once per input pixel; the bias
        holds one per filter.

    Reference:
        https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
    """

    category = Category.CONVOLUTION

    filters: Filters = 32
    kernel_size: KernelSize = 2
    _: KW_ONLY
    strides: Strides = 1
    padding: Padding = "valid"
    output_padding: Annotated[
        Annotated[Extra | tuple[Extra, Extra], AfterValidator(collapse)] | None,
        Field(description="Pixels added at the end; settles which of several sizes is meant."),
    ] = None
    dilation_rate: Dilation = 1
    activation: Activation = None
    use_bias: UseBias = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: KernelRegularizer = None
    bias_regularizer: KernelRegularizer = None

    def output_shape(self, *inputs: Shape) -> Shape:
        if self.dilation_rate != 1:
            raise ShapeError(ShapeCode.DILATED_TRANSPOSE, dilation_rate=self.dilation_rate)
        sizes = image("Conv2DTranspose", inputs[0])[:2]
        spans = pair(self.kernel_size)
        steps = pair(self.strides)
        extras = (None, None) if self.output_padding is None else pair(self.output_padding)
        height, width = map(self._enlarge, sizes, spans, steps, extras)
        return (height, width, self.filters)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (*pair(self.kernel_size), self.filters, inputs[0][2]))
        return (kernel, Weight("bias", (self.filters,))) if self.use_bias else (kernel,)

    def uses(self, output: Shape, *inputs: Shape) -> Shape:
        return inputs[0][:2]

    def reach(self, *inputs: Shape) -> Reach:
        (kh, kw), (sh, sw) = pair(self.kernel_size), pair(self.strides)
        return Reach((-(-kh // sh), -(-kw // sw)), (Fraction(1, sh), Fraction(1, sw)))

    def breaks_onednn(self, *inputs: Shape) -> bool:
        return breaks_onednn(self.kernel_size, self.strides, self.filters)

    def _enlarge(self, size: int, span: int, step: int, extra: int | None) -> int:
        """One side of the output; rules of Keras's `compute_conv_transpose_output_shape`."""
        if extra is not None and extra >= step:
            raise ShapeError(
                ShapeCode.OUTPUT_PADDING_TOO_LARGE,
                output_padding=self.output_padding,
                strides=self.strides,
                largest=step - 1,
            )
        if self.padding == "valid":
            return (size - 1) * step + span + (max(step - span, 0) if extra is None else extra)
        if extra is None:
            return size * step
        if span % 2 + extra == 0:  # no convolution with this stride leads back to the input's size
            raise ShapeError(ShapeCode.EVEN_WINDOW, span=span)
        return (size - 1) * step + span % 2 + extra
