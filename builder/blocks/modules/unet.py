from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, Padding, Rate, StrictBool


@module
def unet_encoder_step(
    x: Tensor,
    filters: Filters = 64,
    padding: Padding = "valid",
    pooling: Annotated[
        StrictBool, Field(description="Halves height and width first; off in the first step.")
    ] = True,
    dropout: Annotated[
        Rate, Field(description="Share of the values zeroed at the end, in training; 0 for none.")
    ] = 0.0,
) -> Tensor:
    """A step down: pooling, then two 3×3 convolutions, whose output the decoder reads too.

    Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation",
    MICCAI 2015.
    """
    if pooling:
        x = layers.MaxPooling2D(2)(x)
    for _ in range(2):
        x = layers.Conv2D(
            filters, 3, padding=padding, activation="relu", kernel_initializer="he_normal"
        )(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return x


@module
def unet_decoder_step(
    x: Tensor, skip: Tensor, filters: Filters = 64, padding: Padding = "valid"
) -> Tensor:
    """A step up: up-convolution, the encoder's output laid beside it, two 3×3 convolutions.

    The encoder's output is cropped around its middle where it is larger. Ronneberger et al.,
    "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015.
    """
    x = layers.Conv2DTranspose(filters, 2, strides=2, kernel_initializer="he_normal")(x)
    rows = max(0, skip.shape[1] - x.shape[1])
    columns = max(0, skip.shape[2] - x.shape[2])
    if rows or columns:
        top, left = rows // 2, columns // 2
        skip = layers.Cropping2D(((top, rows - top), (left, columns - left)))(skip)
    x = layers.Concatenate()([skip, x])
    for _ in range(2):
        x = layers.Conv2D(
            filters, 3, padding=padding, activation="relu", kernel_initializer="he_normal"
        )(x)
    return x
