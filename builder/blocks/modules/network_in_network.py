from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, KernelSize


@module
def network_in_network_block(
    x: Tensor,
    filters: Filters = 192,
    kernel_size: KernelSize = 5,
    hidden_filters: Annotated[Filters, Field(description="Channels of the first 1×1.")] = 160,
    output_filters: Annotated[Filters, Field(description="Channels of the second 1×1.")] = 96,
) -> Tensor:
    """A convolution and two 1×1 convolutions: a small network at every pixel.

    Lin et al., "Network In Network", ICLR 2014.
    """
    x = layers.Conv2D(filters, kernel_size, padding="same", activation="relu")(x)
    x = layers.Conv2D(hidden_filters, 1, activation="relu")(x)
    return layers.Conv2D(output_filters, 1, activation="relu")(x)
