from dataclasses import KW_ONLY

from builder.blocks.base import Category, Layer
from builder.blocks.costs import Reach
from builder.blocks.declaration import declaration
from builder.blocks.types import Padding, PoolSize, PoolStrides, Shape
from builder.blocks.windows import slide, window_reach


@declaration
class AveragePooling2D(Layer):
    """Keeps the mean of each window: shrinks the image, keeps the channels.

    Output shape:
        `(height', width', channels)`; windows overlap where strides is smaller than pool_size.

    Reference:
        https://keras.io/api/layers/pooling_layers/average_pooling2d/
    """

    category = Category.POOLING
    keeps_values = True

    pool_size: PoolSize = 2
    _: KW_ONLY
    strides: PoolStrides = None
    padding: Padding = "valid"

    def output_shape(self, *inputs: Shape) -> Shape:
        strides = self.strides or self.pool_size
        size = slide(
            "AveragePooling2D",
            inputs[0],
            self.pool_size,
            strides,
            self.padding,
            parameter="pool_size",
        )
        return (*size, inputs[0][2])

    def reach(self, *inputs: Shape) -> Reach:
        return window_reach(self.pool_size, self.strides or self.pool_size)
