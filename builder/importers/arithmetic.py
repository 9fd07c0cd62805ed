"""Functions that work value by value, built from blocks that do exactly the same.

Between a tensor and a number, or one number for each channel, `+ - *` and `/` are Rescaling:
`x / 127.5` scales by 1/127.5, `1 - x` by -1 with an offset of 1. What a Rescaling cannot do, such
as `255 / x`, is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

from builder.importers.configuration import is_list
from builder.importers.entries import Port
from builder.importers.operations import Handler, Operation
from builder.importers.pieces import Pieces
from builder.importers.reasons import Reason

Vector = float | tuple[float, ...]
"""One number, or one for each channel."""

MAX_POWER = 8
MAX_NUMBER = 1e6
"""The largest number that a Rescaling takes."""


def _nothing(op: Operation, pieces: Pieces) -> None:
    op.port()


def _cast(op: Operation, pieces: Pieces) -> None:
    """Everything is float32 here: a cast to it changes nothing."""
    op.port()
    dtype = op.take("dtype", "float32")
    if dtype != "float32":
        raise op.refusal("dtype", dtype)


def _add(op: Operation, pieces: Pieces) -> None:
    def affine(constant: Vector, first: bool) -> tuple[Vector, Vector]:
        return 1.0, constant

    _with_a_constant(op, pieces, affine)


def _subtract(op: Operation, pieces: Pieces) -> None:
    def affine(constant: Vector, first: bool) -> tuple[Vector, Vector]:
        return (-1.0, constant) if first else (1.0, _each(constant, lambda number: -number))

    _with_a_constant(op, pieces, affine)


def _multiply(op: Operation, pieces: Pieces) -> None:
    def affine(constant: Vector, first: bool) -> tuple[Vector, Vector]:
        return constant, 0.0

    _with_a_constant(op, pieces, affine)


def _divide(op: Operation, pieces: Pieces) -> None:
    def affine(constant: Vector, first: bool) -> tuple[Vector, Vector]:
        if first:
            raise op.unknown(Reason.DIVIDES_BY_TENSOR)
        numbers = constant if isinstance(constant, tuple) else (constant,)
        if any(abs(number) < 1 / MAX_NUMBER for number in numbers):
            raise op.unknown(Reason.DIVIDES_BY_NOUGHT)
        return _each(constant, lambda number: 1 / number), 0.0

    _with_a_constant(op, pieces, affine)


def _with_a_constant(
    op: Operation, pieces: Pieces, affine: Callable[[Vector, bool], tuple[Vector, Vector]]
) -> None:
    """Turns an operator into a Rescaling if one side is a constant, otherwise into a merge layer.

    Args:
        op: The operator.
        pieces: Collects the blocks that stand for it.
        affine: Returns scale and offset for the constant, given whether it comes first.
    """
    layout = op.take("data_format", "nhwc")  # of bias_add
    if layout not in ("nhwc", "channels_last"):
        raise op.refusal("data_format", layout)
    if len(op.operands) != 2:
        raise op.unknown()
    places = [place for place in (0, 1) if isinstance(op.operands[place], Port)]
    if len(places) == 2:
        _merge(op, pieces)
        return
    if not places:
        raise op.unknown()
    (place,) = places
    port = op.port(place)
    scale, offset = affine(_constant(op, op.operands[1 - place], port), place == 1)
    rescale(pieces, port, scale, offset)


def rescale(pieces: Pieces, port: int, scale: Vector, offset: Vector) -> int:
    """Adds a Rescaling if it has an effect."""
    if scale == 1.0 and offset == 0.0:
        return port
    return pieces.add("Rescaling", port, scale=scale, offset=offset)


def _constant(op: Operation, value: Any, port: int) -> Vector:
    """The constant operand beside a tensor, as a number or one for each channel.

    NumPy aligns shapes at the last axis: `(3,)`, `(1, 1, 3)` and `(1, 1, 1, 3)` are the channels.
    """
    items, axes = op.plain(value), 0
    while is_list(items) and len(items) == 1:
        items, axes = items[0], axes + 1
    numbers: list[Any] = items if is_list(items) else [items]
    axes += is_list(items)
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise op.unknown(Reason.ODD_ARRAY)
    shape = op.shape(port) if axes else (1,)
    if axes and (axes > len(shape) + 1 or len(numbers) not in (1, shape[-1])):
        raise op.unknown(Reason.UNFITTING_ARRAY)
    return float(numbers[0]) if len(numbers) == 1 else tuple(map(float, numbers))


def _each(constant: Vector, change: Callable[[float], float]) -> Vector:
    if isinstance(constant, tuple):
        return tuple(change(number) for number in constant)
    return change(constant)


def _merge(op: Operation, pieces: Pieces) -> None:
    """Joins tensors; functions align their last axes, layers the first axis after the batch."""
    if op.function not in ("Add", "Subtract", "Multiply", "Maximum"):
        raise op.unknown(Reason.TWO_TENSORS)
    pieces.add(op.function, *_aligned(op, op.operands))


def _aligned(op: Operation, operands: list[Any]) -> tuple[int, ...]:
    ports = op.ports(operands)
    ranks = {len(shape) for port in ports if (shape := op.shapes[-1 - port]) is not None}
    if len(ranks) > 1:
        raise op.unknown(Reason.UNEQUAL_RANKS)
    return ports


def _add_n(op: Operation, pieces: Pieces) -> None:
    operands = op.operands[0] if op.operands and is_list(op.operands[0]) else op.operands
    ports = _aligned(op, operands)
    if len(ports) > 1:
        pieces.add("Add", *ports)
    elif ports != (-1,):
        raise op.unknown()


def _negative(op: Operation, pieces: Pieces) -> None:
    pieces.add("Rescaling", op.port(), scale=-1.0)


def _power(op: Operation, pieces: Pieces) -> None:
    exponent = op.operands[1] if op.function == "Power" and len(op.operands) == 2 else 2
    exponent = op.plain(exponent)
    if exponent not in range(1, MAX_POWER + 1):  # True equals 1, and 2.0 equals 2
        raise op.unknown(Reason.ODD_POWER, most=MAX_POWER)
    port = op.port()
    if exponent > 1:
        pieces.add("Multiply", *[port] * int(exponent))


def _absolute(op: Operation, pieces: Pieces) -> None:
    port = op.port()
    pieces.add("Maximum", port, pieces.add("Rescaling", port, scale=-1.0))


def _maximum(op: Operation, pieces: Pieces) -> None:
    """The maximum: of `x` and a constant `c`, relu(x - c) + c."""
    if all(isinstance(operand, Port) for operand in op.operands):
        _merge(op, pieces)
        return
    port, constant = _tensor_and_constant(op)
    at = rescale(pieces, port, 1.0, _each(constant, lambda number: -number))
    rescale(pieces, pieces.add("ReLU", at), 1.0, constant)


def _minimum(op: Operation, pieces: Pieces) -> None:
    """The minimum: of `x` and `y`, -max(-x, -y); of `x` and `c`, c - relu(c - x)."""
    if all(isinstance(operand, Port) for operand in op.operands):
        minimum(pieces, _aligned(op, op.operands))
        return
    port, constant = _tensor_and_constant(op)
    at = pieces.add("Rescaling", port, scale=-1.0, offset=constant)
    pieces.add("Rescaling", pieces.add("ReLU", at), scale=-1.0, offset=constant)


def minimum(pieces: Pieces, ports: tuple[int, ...]) -> int:
    """The minimum of several tensors; Keras has a layer for it, the catalogue has not."""
    negative = [pieces.add("Rescaling", port, scale=-1.0) for port in ports]
    return pieces.add("Rescaling", pieces.add("Maximum", *negative), scale=-1.0)


def _tensor_and_constant(op: Operation) -> tuple[int, Vector]:
    places = [p for p, operand in enumerate(op.operands[:2]) if isinstance(operand, Port)]
    if len(op.operands) != 2 or len(places) != 1:
        raise op.unknown()
    port = op.port(places[0])
    return port, _constant(op, op.operands[1 - places[0]], port)


def _clip(op: Operation, pieces: Pieces) -> None:
    """Clips between two numbers: relu with a maximum, shifted by the lower bound."""
    low, high = op.take("x_min"), op.take("x_max")
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in (low, high))
    if not numbers or low >= high:
        raise op.unknown(Reason.ODD_CLIP)
    if (low, high) == (-1, 1):
        pieces.add("Activation", op.port(), activation="hard_tanh")
        return
    at = rescale(pieces, op.port(), 1.0, -float(low))
    rescale(pieces, pieces.add("ReLU", at, max_value=float(high - low)), 1.0, float(low))


HANDLERS: Mapping[str, Handler] = {
    "Absolute": _absolute,
    "Add": _add,
    "AddN": _add_n,
    "Cast": _cast,
    "Clip": _clip,
    "Divide": _divide,
    "Identity": _nothing,
    "Maximum": _maximum,
    "Minimum": _minimum,
    "Multiply": _multiply,
    "Negative": _negative,
    "Power": _power,
    "Square": _power,
    "Subtract": _subtract,
    "TrueDivide": _divide,
}
"""By Keras's names of the functions."""
