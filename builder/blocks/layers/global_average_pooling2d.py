from dataclasses import KW_ONLY

from builder.blocks.base import Category, Layer, image
from builder.blocks.costs import Reach, whole
from builder.blocks.declaration import declaration
from builder.blocks.types import KeepDims, Shape


@declaration
class GlobalAveragePooling2D(Layer):
    """Keeps each channel's mean over the whole image.

    Output shape:
        `(channels,)`, or `(1, 1, channels)` with keepdims.

    Reference:
        https://keras.io/api/layers/pooling_layers/global_average_pooling2d/
    """

    category = Category.POOLING
    keeps_values = True

    _: KW_ONLY
    keepdims: KeepDims = False

    def output_shape(self, *inputs: Shape) -> Shape:
        channels = image("GlobalAveragePooling2D", inputs[0])[2]
        return (1, 1, channels) if self.keepdims else (channels,)

    def reach(self, *inputs: Shape) -> Reach:
        return whole(inputs[0])
