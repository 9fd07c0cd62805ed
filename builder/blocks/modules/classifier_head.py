from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.parameter import Role
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Activation, Count, Rate


@module
def classifier_head(
    x: Tensor,
    units: Annotated[Count, Field(description="Number of classes."), Role.WIDTH] = 10,
    dropout: Annotated[
        Rate, Field(description="Share of the channels that is zeroed in training; 0 for none.")
    ] = 0.0,
    activation: Activation = "softmax",
) -> Tensor:
    """Averages each channel over the image and reads the classes off with one Dense layer.

    The average takes the place of wide Dense layers. Lin et al., "Network In Network", ICLR 2014.
    """
    x = layers.GlobalAveragePooling2D()(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return layers.Dense(units, activation=activation)(x)
