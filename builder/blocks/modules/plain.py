from typing import Annotated

from pydantic import Field

from builder.blocks import layers, regularizers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, Strides, UnitInterval


@module
def plain_block(
    x: Tensor,
    filters: Filters = 64,
    strides: Strides = 1,
    weight_decay: Annotated[
        UnitInterval, Field(description="Factor of the L2 penalty on the kernels; 0 for none.")
    ] = 1e-4,
) -> Tensor:
    """A basic block without its shortcut: what the residual network is compared with.

    Stacked deep it trains worse than a shallower network, the degradation that residual learning
    solves. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
    """
    for step in (strides, 1):
        x = layers.Conv2D(
            filters,
            3,
            strides=step,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
            kernel_regularizer=regularizers.L2(weight_decay) if weight_decay else None,
        )(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
        x = layers.Activation("relu")(x)
    return x
