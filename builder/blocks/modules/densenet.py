from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.parameter import Role
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Count, Filters, UnitInterval

GrowthRate = Annotated[Filters, Field(description="Channels that each layer adds.")]
Epsilon = Annotated[UnitInterval, Field(description="Epsilon of each BatchNormalization.")]


@module
def dense_conv_block(
    x: Tensor, growth_rate: GrowthRate = 32, epsilon: Epsilon = 1.001e-5
) -> Tensor:
    """One layer of a dense block: its new channels are laid beside all those that it reads.

    A 1×1 convolution narrows to four times the growth rate before the 3×3. Huang et al., "Densely
    Connected Convolutional Networks", CVPR 2017.
    """
    new = layers.BatchNormalization(epsilon=epsilon)(x)
    new = layers.Activation("relu")(new)
    new = layers.Conv2D(4 * growth_rate, 1, use_bias=False)(new)
    new = layers.BatchNormalization(epsilon=epsilon)(new)
    new = layers.Activation("relu")(new)
    new = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False)(new)
    return layers.Concatenate()([x, new])


@module
def dense_block(
    x: Tensor,
    num_layers: Annotated[
        Count, Field(le=128, description="Layers, each reading all before."), Role.DEPTH
    ] = 6,
    growth_rate: GrowthRate = 32,
    epsilon: Epsilon = 1.001e-5,
) -> Tensor:
    """Layers that each read all earlier ones: L layers make L · (L + 1) / 2 connections.

    Features are used again instead of learned anew, so few channels are enough. Huang et al.,
    "Densely Connected Convolutional Networks", CVPR 2017.
    """
    for _ in range(num_layers):
        x = dense_conv_block(x, growth_rate, epsilon)
    return x


@module
def transition_layer(
    x: Tensor,
    compression: Annotated[
        float, Field(gt=0, le=1, allow_inf_nan=False, description="Share of the channels kept.")
    ] = 0.5,
    epsilon: Epsilon = 1.001e-5,
) -> Tensor:
    """Between two dense blocks: fewer channels by a 1×1 convolution, half the size by pooling.

    Huang et al., "Densely Connected Convolutional Networks", CVPR 2017.
    """
    channels = int(x.shape[-1] * compression)
    x = layers.BatchNormalization(epsilon=epsilon)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(channels, 1, use_bias=False)(x)
    return layers.AveragePooling2D(2, strides=2)(x)
