"""Functions that reduce, cut, pad, join or rearrange, built from blocks that do the same."""

from collections.abc import Mapping
from math import prod
from typing import Any

from builder.importers.configuration import is_list
from builder.importers.flow import Flow
from builder.importers.operations import Handler, Operation
from builder.importers.pieces import Pieces
from builder.importers.reasons import Reason

REDUCTIONS = {
    "Average": "AveragePooling2D",
    "Max": "MaxPooling2D",
    "Mean": "AveragePooling2D",
    "Min": "MaxPooling2D",
    "Sum": "AveragePooling2D",
}
"""The pooling that equals a reduction, up to a factor."""


def _flow(op: Operation, pieces: Pieces) -> Flow:
    port = op.port()
    return Flow(pieces, port, op.shape(port))


def axis_index(op: Operation, axis: Any, rank: int) -> int:
    """The position of an axis among those after the batch; `rank` counts these.

    Raises:
        CannotMapError: It is the batch axis, or does not exist.
    """
    if type(axis) is int and 1 <= axis <= rank:
        return axis - 1
    if type(axis) is int and -rank <= axis <= -1:
        return axis + rank
    raise op.refusal("axis", axis)


def _axes(op: Operation, given: Any, rank: int) -> list[int]:
    axes = given if is_list(given) else [given]
    return sorted({axis_index(op, axis, rank) for axis in axes})


def _reduce(op: Operation, pieces: Pieces) -> None:
    """The mean, sum or extreme over adjacent axes: a pooling over all of them."""
    flow = _flow(op, pieces)
    shape, keepdims = flow.shape, bool(op.take("keepdims", default=False))
    axes = _axes(op, op.take("axis"), len(shape))
    if not axes or axes != [*range(axes[0], axes[-1] + 1)]:
        raise op.unknown(Reason.SEPARATE_AXES)
    rest = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    kept = rest if keepdims else tuple(s for axis, s in enumerate(shape) if axis not in axes)
    if not kept:
        raise op.unknown(Reason.NO_AXIS_LEFT)
    if op.function == "Min":
        flow.rescale(-1.0)
    if axes == [0, 1] and len(shape) == 3:
        flow.pool_image(REDUCTIONS[op.function], keepdims)
    else:
        flow.fold(axes[0], axes[-1] + 1)
        flow.pool(REDUCTIONS[op.function])
    flow.reshape(kept)
    if op.function == "Min":
        flow.rescale(-1.0)
    if op.function == "Sum":
        flow.rescale(float(prod(shape[axis] for axis in axes)))


def _reshape(op: Operation, pieces: Pieces) -> None:
    """A new shape with the batch in front: -1 or None."""
    flow = _flow(op, pieces)
    given = op.take("newshape")
    sizes: list[Any] = given if is_list(given) else [given]
    wanted = [-1 if size is None else size for size in sizes]
    total = prod(flow.shape)
    if len(wanted) < 2 or wanted[0] != -1 or not all(type(s) is int for s in wanted):
        raise op.refusal("shape", given)
    rest = wanted[1:]
    known = prod(size for size in rest if size != -1)
    if rest.count(-1) > 1 or known <= 0 or total % known or (-1 not in rest and known != total):
        raise op.refusal("shape", given)
    flow.reshape(tuple(total // known if size == -1 else size for size in rest))


def _expand(op: Operation, pieces: Pieces) -> None:
    flow = _flow(op, pieces)
    axis = axis_index(op, op.take("axis"), len(flow.shape) + 1)
    flow.reshape((*flow.shape[:axis], 1, *flow.shape[axis:]))


def _squeeze(op: Operation, pieces: Pieces) -> None:
    flow = _flow(op, pieces)
    given = op.take("axis")
    axes = (
        _axes(op, given, len(flow.shape))
        if given not in (None, [])
        else [axis for axis, size in enumerate(flow.shape) if size == 1]
    )
    left = tuple(size for axis, size in enumerate(flow.shape) if axis not in axes)
    if not left or any(flow.shape[axis] != 1 for axis in axes):
        raise op.refusal("axis", given)
    flow.reshape(left)


def _flatten(op: Operation, pieces: Pieces) -> None:
    pieces.add("Flatten", op.port())


def _transpose(op: Operation, pieces: Pieces) -> None:
    rank = len(_flow(op, pieces).shape)
    axes = op.take("axes")
    if not is_list(axes) or axes[:1] != [0] or sorted(axes, key=str) != [*range(rank + 1)]:
        raise op.refusal("axes", axes)
    _permute(op, pieces, axes[1:])


def _swap(op: Operation, pieces: Pieces) -> None:
    rank = len(_flow(op, pieces).shape)
    first, second = (axis_index(op, op.take(name), rank) for name in ("axis1", "axis2"))
    axes = [*range(1, rank + 1)]
    axes[first], axes[second] = axes[second], axes[first]
    _permute(op, pieces, axes)


def _permute(op: Operation, pieces: Pieces, axes: list[int]) -> None:
    if axes != sorted(axes):
        pieces.add("Permute", op.port(), dims=tuple(axes))


def _concatenate(op: Operation, pieces: Pieces) -> None:
    ports, axis, rank = _several(op)
    index = axis_index(op, axis, rank)
    if len(ports) > 1:
        pieces.add("Concatenate", *ports, axis=-1 if index == rank - 1 else index + 1)
    elif ports != (-1,):
        raise op.unknown()


def _stack(op: Operation, pieces: Pieces) -> None:
    """Joins tensors along a new axis."""
    ports, axis, rank = _several(op)
    index = axis_index(op, axis, rank + 1)
    ends: list[int] = []
    for port in ports:
        flow = Flow(pieces, port, op.shape(port))
        flow.reshape((*flow.shape[:index], 1, *flow.shape[index:]))
        ends.append(flow.at)
    if len(ends) > 1:
        pieces.add("Concatenate", *ends, axis=-1 if index == rank else index + 1)


def _several(op: Operation) -> tuple[tuple[int, ...], Any, int]:
    """The tensors to join, the axis, and how many axes each has."""
    given = op.operands[0] if op.operands else None
    ports = op.ports(given if is_list(given) else [])
    axis = op.take("axis", 0)
    return ports, axis, len(op.shape(ports[0]))


def _pad(op: Operation, pieces: Pieces) -> None:
    """Zeros at the ends of axes: along height and width at once, otherwise axis by axis."""
    flow = _flow(op, pieces)
    rank = len(flow.shape)
    for name, usual in (("mode", "constant"), ("constant_values", 0)):
        value = op.take(name, usual)
        if value != usual:
            raise op.refusal(name, value)
    margins = op.take("pad_width")
    fits = is_list(margins) and len(margins) == rank + 1 and all(map(_is_margin, margins))
    if not fits or margins[0] != [0, 0]:
        raise op.refusal("pad_width", margins)
    sides: list[tuple[int, int]] = [(first, last) for first, last in margins[1:]]
    if rank == 3:
        flow.pad(sides[0], sides[1])
    for axis, side in enumerate(sides):
        if any(side) and not (rank == 3 and axis < 2):
            shape = flow.shape
            flow.fold(axis, axis + 1)
            flow.pad((0, 0), side)
            flow.reshape((*shape[:axis], shape[axis] + sum(side), *shape[axis + 1 :]))


def _repeat(op: Operation, pieces: Pieces) -> None:
    """Every value several times in a row."""
    flow = _flow(op, pieces)
    times = op.plain(op.operands[1]) if len(op.operands) == 2 else op.take("repeats")
    shape, axis = flow.shape, axis_index(op, op.take("axis"), len(flow.shape))
    if type(times) is not int or times < 1:
        raise op.refusal("repeats", times)
    if len(shape) == 3 and axis < 2:
        flow.enlarge(*((times, 1) if axis == 0 else (1, times)))
    else:
        flow.fold(axis, axis + 1)
        flow.enlarge(1, times)
        flow.reshape((*shape[:axis], shape[axis] * times, *shape[axis + 1 :]))


def _is_margin(value: Any) -> bool:
    return is_list(value) and len(value) == 2 and all(type(v) is int and v >= 0 for v in value)


def _pool(op: Operation, pieces: Pieces) -> None:
    window, strides = (_window(op, name) for name in ("pool_size", "strides"))
    padding, layout = op.take("padding", "valid"), op.take("data_format", "channels_last")
    if layout not in ("channels_last", "NHWC", "nhwc"):
        raise op.refusal("data_format", layout)
    name = "AveragePooling2D" if op.function == "AveragePool" else "MaxPooling2D"
    if len(_flow(op, pieces).shape) != 3 or window is None:
        raise op.unknown(Reason.POOLS_NO_IMAGE)
    strides = None if strides == window else strides
    pieces.add(name, op.port(), pool_size=window, strides=strides, padding=padding)


def _window(op: Operation, name: str) -> Any:
    """A window's height and width: one number, two, or TensorFlow's four."""
    value = op.take(name)
    if is_list(value) and len(value) == 4 and value[0] == value[3] == 1:
        value = value[1:3]
    if is_list(value) and len(value) == 1:
        value = value[0]
    return value[0] if is_list(value) and len(value) == 2 and value[0] == value[1] else value


def _resize(op: Operation, pieces: Pieces) -> None:
    size = op.take("size")
    if not is_list(size) or len(size) != 2:
        raise op.refusal("size", size)
    values: dict[str, Any] = {
        name: op.take(name, default)
        for name, default in (
            ("interpolation", "bilinear"),
            ("antialias", False),
            ("crop_to_aspect_ratio", False),
            ("pad_to_aspect_ratio", False),
        )
    }
    for name, usual in (("data_format", "channels_last"), ("fill_value", 0.0)):
        value = op.take(name, usual)
        if value != usual:
            raise op.refusal(name, value)
    op.take("fill_mode")
    pieces.add("Resizing", op.port(), height=size[0], width=size[1], **values)


HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(REDUCTIONS, _reduce),
    "AveragePool": _pool,
    "Concatenate": _concatenate,
    "ExpandDims": _expand,
    "Flatten": _flatten,
    "MaxPool": _pool,
    "Pad": _pad,
    "Repeat": _repeat,
    "Reshape": _reshape,
    "Resize": _resize,
    "Squeeze": _squeeze,
    "Stack": _stack,
    "Swapaxes": _swap,
    "Transpose": _transpose,
}
"""By Keras's names of the functions."""
