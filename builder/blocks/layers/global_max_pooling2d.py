from collections.abc import Sequence
from dataclasses import KW_ONLY

from builder.blocks.base import Category, Layer, image
from builder.blocks.costs import Reach, whole
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities, no_distribution
from builder.blocks.types import KeepDims, Shape


@declaration
class GlobalMaxPooling2D(Layer):
    """Keeps each channel's largest value over the whole image.

    Output shape:
        `(channels,)`, or `(1, 1, channels)` with keepdims.

    Reference:
        https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
    """

    category = Category.POOLING
    keeps_values = True

    _: KW_ONLY
    keepdims: KeepDims = False

    def output_shape(self, *inputs: Shape) -> Shape:
        channels = image("GlobalMaxPooling2D", inputs[0])[2]
        return (1, 1, channels) if self.keepdims else (channels,)

    def reach(self, *inputs: Shape) -> Reach:
        return whole(inputs[0])

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        return no_distribution(inputs[0])
