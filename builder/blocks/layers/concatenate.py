from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.axes import axis_index
from builder.blocks.base import Category, Layer
from builder.blocks.declaration import declaration
from builder.blocks.probabilities import Probabilities, averaged, no_distribution
from builder.blocks.ranges import Range, joined
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.system.errors import ShapeError


@declaration
class Concatenate(Layer):
    """Lays its inputs side by side, usually along the channels.

    Output shape:
        That of the inputs, with the sizes along `axis` added up.

    Reference:
        https://keras.io/api/layers/merging_layers/concatenate/
    """

    category = Category.MERGE
    min_inputs = 2
    max_inputs = None

    _: KW_ONLY
    axis: Annotated[
        int, Strict(), Field(ge=-4, le=4, description="The axis to join along; -1 is the channels.")
    ] = -1

    def output_shape(self, *inputs: Shape) -> Shape:
        index = axis_index("Concatenate", inputs[0], self.axis)
        if len({len(shape) for shape in inputs}) > 1:
            raise ShapeError(ShapeCode.CONCATENATED_RANKS, shapes=inputs)
        if len({shape[:index] + shape[index + 1 :] for shape in inputs}) > 1:
            raise ShapeError(ShapeCode.CONCATENATED_SIZES, shapes=inputs, axis=self.axis)
        joined = sum(shape[index] for shape in inputs)
        return (*inputs[0][:index], joined, *inputs[0][index + 1 :])

    def output_range(self, *inputs: Range | None) -> Range | None:
        return joined(inputs)

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        kind = averaged(inputs)
        along_classes = self.axis in (-1, len(shapes[0]))
        return no_distribution(kind) if along_classes else kind
