"""The shape rule of all elementwise merge layers."""

from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.system.errors import ShapeError


def broadcast(block: str, shapes: tuple[Shape, ...]) -> Shape:
    """The shape of an elementwise operation; an axis of size 1 is stretched.

    Shapes are aligned at their last axis, as Keras's merge layers do.

    Raises:
        ShapeError: Two sizes differ and neither is 1.
    """
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    result: list[int] = []
    for sizes in zip(*padded, strict=True):
        distinct = set(sizes) - {1}
        if len(distinct) > 1:
            raise ShapeError(_difference(shapes), block=block, shapes=shapes)
        result.append(distinct.pop() if distinct else 1)
    return tuple(result)


def _difference(shapes: tuple[Shape, ...]) -> ShapeCode:
    """In what shapes differ, the most serious first."""
    first, *rest = shapes
    if any(len(shape) != len(first) for shape in rest):
        return ShapeCode.UNEQUAL_RANKS
    if any(shape[:-1] != first[:-1] for shape in rest):
        return ShapeCode.UNEQUAL_SIZES
    return ShapeCode.UNEQUAL_CHANNELS
