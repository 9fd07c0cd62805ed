from typing import Annotated

from pydantic import Field

from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Count

WindowSide = Annotated[
    Count, Field(ge=2, le=64, description="Height and width of the window, in pixels.")
]


@module
def strided_padding(x: Tensor, kernel_size: WindowSide = 3) -> Tensor:
    """Pads with zeros so that a window with stride 2 and padding 'valid' halves the image.

    An even size gets one pixel less at the top and on the left. MobileNetV2, EfficientNet and
    NASNet of `keras.applications` pad so, where padding 'same' would give other values.
    """
    margin = kernel_size // 2
    top, left = margin - 1 + x.shape[1] % 2, margin - 1 + x.shape[2] % 2
    return layers.ZeroPadding2D(((top, margin), (left, margin)))(x)
