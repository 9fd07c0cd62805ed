"""Indexing such as `x[:, 1:-1, ::2]` and `x[..., ::-1]`, built from blocks that do the same.

A range of rows, columns or channels is a Cropping2D, a step is a pooling with windows of one pixel,
and an axis read backwards is its single slices joined in reverse.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from builder.importers.configuration import is_list, is_object
from builder.importers.flow import Flow
from builder.importers.operations import Handler, Operation
from builder.importers.pieces import Pieces
from builder.importers.rearranging import axis_index
from builder.importers.reasons import Reason

MAX_BACKWARDS = 8
"""The most slices to join along an axis, such as the channels of an image."""

ELLIPSIS, NEW_AXIS = "...", "new axis"


class _Part(NamedTuple):
    """The indices that are kept of one axis: those of `range(start, stop, step)`."""

    start: int
    stop: int
    step: int
    dropped: bool = False


def _get_item(op: Operation, pieces: Pieces) -> None:
    flow = Flow(pieces, op.port(), op.shape(op.port()))
    parts, shape = _parts(op, flow.shape)
    whole_image = len(parts) == 3 and all(part.step > 0 for part in parts)
    if whole_image:
        _keep_image(flow, parts[0], parts[1])
    for axis, part in enumerate(parts):
        if not (whole_image and axis < 2):
            _keep(op, pieces, flow, axis, part)
    flow.reshape(shape)


def _flip(op: Operation, pieces: Pieces) -> None:
    """Axes read backwards."""
    flow = Flow(pieces, op.port(), op.shape(op.port()))
    given = op.take("axis")
    for item in given if is_list(given) else [given]:
        axis = axis_index(op, item, len(flow.shape))
        _keep(op, pieces, flow, axis, _Part(flow.shape[axis] - 1, -1, -1))


def _parts(op: Operation, shape: tuple[int, ...]) -> tuple[list[_Part], tuple[int, ...]]:
    """What is kept of each axis after the batch, and the resulting shape."""
    given = op.operands[1] if len(op.operands) == 2 else None
    items = [_item(op, item) for item in (given if is_list(given) else [given])]
    used = sum(item not in (ELLIPSIS, NEW_AXIS) for item in items)
    if items.count(ELLIPSIS) > 1 or used > len(shape) + 1:
        raise op.unknown(Reason.MISFITTING_INDEX)
    place = items.index(ELLIPSIS) if ELLIPSIS in items else len(items)
    missing = [slice(None)] * (len(shape) + 1 - used)
    items = [*items[:place], *missing, *items[place + 1 :]]
    if items[0] != slice(None):
        raise op.unknown(Reason.CHOOSES_EXAMPLES)
    parts: list[_Part] = []
    result: list[int] = []
    for item in items[1:]:
        if item == NEW_AXIS:
            result.append(1)
            continue
        part = _part(op, item, shape[len(parts)])
        parts.append(part)
        if not part.dropped:
            result.append(len(range(*part[:3])))
    if not result or 0 in result:
        raise op.unknown(Reason.NOTHING_LEFT)
    return parts, tuple(result)


def _item(op: Operation, item: Any) -> Any:
    """One entry of an index: a slice, a number, an ellipsis or a new axis."""
    if item is None:
        return NEW_AXIS
    if type(item) is int:
        return item
    if is_object(item) and item.get("class_name") == "__ellipsis__":
        return ELLIPSIS
    config = item.get("config", item) if is_object(item) else None
    if is_object(config):
        bounds = [config.get(name) for name in ("start", "stop", "step")]
        if all(bound is None or type(bound) is int for bound in bounds) and bounds[2] != 0:
            return slice(*bounds)
    raise op.unknown(Reason.ODD_INDEX)


def _part(op: Operation, item: Any, size: int) -> _Part:
    if isinstance(item, slice):
        return _Part(*item.indices(size))
    if not -size <= item < size:
        raise op.unknown(Reason.MISFITTING_INDEX)
    return _Part(item % size, item % size + 1, 1, dropped=True)


def _keep_image(flow: Flow, rows: _Part, columns: _Part) -> None:
    height, width, _ = flow.shape
    flow.crop((rows.start, height - rows.stop), (columns.start, width - columns.stop))
    flow.thin(rows.step, columns.step)


def _keep(op: Operation, pieces: Pieces, flow: Flow, axis: int, part: _Part) -> None:
    """Keeps a part of one axis; a dropped axis stays, as 1, until the end."""
    shape, indices = flow.shape, range(*part[:3])
    if indices == range(shape[axis]):
        return
    flow.fold(axis, axis + 1)
    if part.step > 0:
        flow.crop((0, 0), (part.start, shape[axis] - part.stop))
        flow.thin(1, part.step)
    else:
        if len(indices) > MAX_BACKWARDS:
            raise op.unknown(Reason.BACKWARDS)
        _pick(pieces, flow, indices)
    flow.reshape((*shape[:axis], len(indices), *shape[axis + 1 :]))


def _pick(pieces: Pieces, flow: Flow, indices: range) -> None:
    """Joins single columns of an image in the order of the indices."""
    columns: list[int] = []
    for index in indices:
        column = Flow(pieces, flow.at, flow.shape)
        column.crop((0, 0), (index, flow.shape[1] - index - 1))
        columns.append(column.at)
    if len(columns) > 1:
        flow.at = pieces.add("Concatenate", *columns, axis=2)
    else:
        flow.at = columns[0]
    flow.shape = (flow.shape[0], len(columns), flow.shape[2])


HANDLERS: Mapping[str, Handler] = {"Flip": _flip, "GetItem": _get_item}
"""By Keras's names of the functions."""
