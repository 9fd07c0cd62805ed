"""The shape rule of all elementwise merge layers."""

from builder.blocks.costs import format_shape
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
            received = " and ".join(format_shape(shape) for shape in shapes)
            raise ShapeError(f"{block} received {received}, expected equal shapes", _remedy(shapes))
        result.append(distinct.pop() if distinct else 1)
    return tuple(result)


def _remedy(shapes: tuple[Shape, ...]) -> str:
    first, *rest = shapes
    if any(len(shape) != len(first) for shape in rest):
        return "bring both to the same number of axes with Reshape or global pooling"
    if any(shape[:-1] != first[:-1] for shape in rest):
        return "match height and width with strides, pooling or padding='same'"
    return f"project one of them to {first[-1]} channels with a 1×1 Conv2D"
