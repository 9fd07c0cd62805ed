"""Finds the axis of a shape that a parameter means, for all layers that have one."""

from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.system.errors import ShapeError


def axis_index(block: str, shape: Shape, axis: int) -> int:
    """Converts an axis as Keras counts it to an index in a shape without the batch axis.

    Keras counts the batch as axis 0, so 1 is the height of an image and -1 its channels.

    Raises:
        ShapeError: The shape has no such axis.
    """
    index = axis - 1 if axis > 0 else len(shape) + axis
    if axis == 0 or not 0 <= index < len(shape):
        raise ShapeError(ShapeCode.NO_SUCH_AXIS, block=block, axis=axis, shape=shape)
    return index
