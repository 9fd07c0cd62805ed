from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field

from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.types import Shape

Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


@declaration
class Rescaling(Layer):
    """Multiplies by a scale and adds an offset: brings pixels from 0–255 to 0–1.

    Output shape:
        That of the input.

    Reference:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
    """

    category = Category.NORMALISATION

    scale: Annotated[
        Number, Field(description="Factor for every pixel; 1/255 for 8-bit images.")
    ] = 1 / 255
    _: KW_ONLY
    offset: Annotated[Number, Field(description="Added after the multiplication.")] = 0.0

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
