from typing import Annotated

from pydantic import Field, Strict

from builder.blocks import initializers, layers
from builder.blocks.module import module
from builder.blocks.modules.strided_padding import WindowSide, strided_padding
from builder.blocks.parameter import Role
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Activation, Count, Filters, Rate, Strides, UnitInterval

Expansion = Annotated[
    Count, Field(le=64, description="Inner channels for each channel of the input.")
]
SqueezeRatio = Annotated[
    UnitInterval,
    Field(description="Squeezed channels, as a share of the block's input; 0 for no squeezing."),
]


@module
def mbconv_block(
    x: Tensor,
    filters: Filters = 16,
    kernel_size: WindowSide = 3,
    strides: Strides = 1,
    expansion: Expansion = 6,
    se_ratio: SqueezeRatio = 0.25,
    drop_rate: Annotated[
        Rate, Field(description="Share of the images that skip the block in training.")
    ] = 0.0,
) -> Tensor:
    """Expands, filters each channel, squeezes and excites, projects: the block of EfficientNet.

    Where the shape stays, the input is added, and in training the block is left out at random
    (stochastic depth). Tan and Le, "EfficientNet", ICML 2019.
    """

    def bn_silu(x: Tensor) -> Tensor:
        x = layers.BatchNormalization()(x)
        return layers.Activation("silu")(x)

    def conv(x: Tensor, filters: int, activation: Activation = None) -> Tensor:
        return layers.Conv2D(
            filters,
            1,
            padding="same",
            activation=activation,
            use_bias=activation is not None,  # BatchNormalization follows the others
            kernel_initializer=initializers.VarianceScaling(2.0, "fan_out"),
        )(x)

    shortcut = x
    channels = x.shape[-1]
    if expansion != 1:
        x = conv(x, channels * expansion)
        x = bn_silu(x)
    padding = "same"
    if strides == 2:
        x = strided_padding(x, kernel_size)
        padding = "valid"
    x = layers.DepthwiseConv2D(
        kernel_size,
        strides=strides,
        padding=padding,
        use_bias=False,
        depthwise_initializer=initializers.VarianceScaling(2.0, "fan_out"),
    )(x)
    x = bn_silu(x)
    if se_ratio:
        squeezed = max(1, int(channels * se_ratio))
        gate = layers.GlobalAveragePooling2D()(x)
        gate = layers.Reshape((1, 1, channels * expansion))(gate)
        gate = conv(gate, squeezed, "silu")
        gate = conv(gate, channels * expansion, "sigmoid")
        x = layers.Multiply()([x, gate])
    x = conv(x, filters)
    x = layers.BatchNormalization()(x)
    if strides == 1 and channels == filters:
        if drop_rate:
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1))(x)
        x = layers.Add()([x, shortcut])
    return x


@module
def mbconv_stage(
    x: Tensor,
    filters: Filters = 16,
    num_blocks: Annotated[
        Count, Field(le=128, description="MBConv blocks in a row."), Role.DEPTH
    ] = 1,
    kernel_size: WindowSide = 3,
    strides: Strides = 1,
    expansion: Expansion = 6,
    se_ratio: SqueezeRatio = 0.25,
    drop_rate: Annotated[
        Rate, Field(description="Rate of stochastic depth that the network's last block reaches.")
    ] = 0.0,
    first_block: Annotated[
        int,
        Strict(),
        Field(ge=0, le=10_000, description="Blocks of the network before this stage."),
        Role.BLOCKS_BEFORE,
    ] = 0,
    total_blocks: Annotated[
        Count, Field(description="Blocks of the whole network."), Role.BLOCKS_TOTAL
    ] = 1,
) -> Tensor:
    """MBConv blocks in a row, of which the first changes size and channels.

    The rate of stochastic depth rises from block to block over the whole network. Tan and Le,
    "EfficientNet", ICML 2019.
    """
    for i in range(num_blocks):
        x = mbconv_block(
            x,
            filters,
            kernel_size=kernel_size,
            strides=strides if i == 0 else 1,
            expansion=expansion,
            se_ratio=se_ratio,
            drop_rate=drop_rate * (first_block + i) / total_blocks,
        )
    return x
