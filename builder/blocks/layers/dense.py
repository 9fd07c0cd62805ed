from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Weight
from builder.blocks.declaration import declaration
from builder.blocks.types import (
    Activation,
    BiasInitializer,
    Count,
    Initializer,
    KernelRegularizer,
    Role,
    Shape,
    UseBias,
)


@declaration
class Dense(Layer):
    """Connects every input value to every output value.

    Output shape:
        `(units,)`; on an image it works on each pixel's channels, `(height, width, units)`.

    Parameters and cost:
        The kernel holds inputs · units weights, the bias one per unit.

    Reference:
        https://keras.io/api/layers/core_layers/dense/
    """

    category = Category.DENSE

    units: Annotated[Count, Field(description="Number of output values."), Role.WIDTH] = 10
    _: KW_ONLY
    activation: Activation = None
    use_bias: UseBias = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: KernelRegularizer = None
    bias_regularizer: KernelRegularizer = None

    def output_shape(self, *inputs: Shape) -> Shape:
        return (*inputs[0][:-1], self.units)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (inputs[0][-1], self.units))
        return (kernel, Weight("bias", (self.units,))) if self.use_bias else (kernel,)
