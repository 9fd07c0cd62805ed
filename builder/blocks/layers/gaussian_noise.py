from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape


@declaration
class GaussianNoise(Layer):
    """Adds random noise to every value, during training only.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/regularization_layers/gaussian_noise/
    """

    category = Category.REGULARIZATION
    keeps_values = True

    stddev: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, description="Standard deviation of the noise."),
    ] = 0.1

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
