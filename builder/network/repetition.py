"""Applies a node's block, several times in a row if the node says so."""

from builder.blocks.costs import POINT, Reach
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import MAX_LAYERS, MAX_WORK, BlockTrace
from builder.blocks.types import Shape
from builder.network.architecture import Node
from builder.system.errors import ShapeError

MAX_FAILED = 5 * MAX_LAYERS
"""How much work, counted in layers, may go into blocks that turn out not to fit."""


class Room:
    """How many more layers a network may have, so that no file can keep a server busy.

    Attributes:
        layers: How many more layers it may have.
        work: How much work may still be done, counted in layers; modules and joined inputs count
            too.
        failed: The work done in blocks that did not fit in the end.
    """

    def __init__(self) -> None:
        self.layers = MAX_LAYERS
        self.work = MAX_WORK
        self.failed = 0

    @property
    def is_spent(self) -> bool:
        """Whether the limits are reached: the network has errors by now that say why."""
        return self.layers < 0 or self.work < 0 or self.failed > MAX_FAILED

    def take(self, traced: BlockTrace, times: int = 1) -> None:
        """Records that a block was applied.

        Raises:
            ShapeError: The network has too many layers now, or took too much work.
        """
        self.layers -= times * len(traced.calls)
        self.work -= traced.work
        if self.layers < 0:
            raise ShapeError(ShapeCode.NETWORK_TOO_LARGE, most=MAX_LAYERS)
        if self.work < 0:
            raise ShapeError(ShapeCode.NETWORK_TOO_NESTED)


def apply_repeatedly(node: Node, shapes: tuple[Shape, ...], room: Room) -> tuple[BlockTrace, ...]:
    """Applies the node's block `repeat` times in a row.

    Args:
        node: The node to apply.
        shapes: The shapes of its inputs.
        room: How many layers the network may still have.

    Raises:
        ShapeError: It does not fit, the first time or a later one.
    """
    if node.repeat > 1 and len(shapes) != 1:
        raise ShapeError(ShapeCode.REPEATED_MERGE, repeat=node.repeat, inputs=len(shapes))
    traces = [_trace(node, shapes, room)]
    room.take(traces[0])
    while len(traces) < node.repeat:
        last = traces[-1]
        if last.input_shapes == (last.output_shape,):
            more = node.repeat - len(traces)
            room.take(last, more)
            traces += [last] * more
            break
        try:
            traces.append(_trace(node, (last.output_shape,), room))
        except ShapeError as error:
            number = len(traces) + 1
            raise ShapeError(ShapeCode.REPETITION, number=number, inner=error.problem) from None
        room.take(traces[-1])
    return tuple(traces)


def _trace(node: Node, shapes: tuple[Shape, ...], room: Room) -> BlockTrace:
    try:
        return trace(node.block, shapes)
    except ShapeError as error:
        room.failed += error.work
        raise


def join_reaches(traces: tuple[BlockTrace, ...], reaches: list[Reach | None]) -> Reach | None:
    """How far an output pixel sees on the network's input through all inputs of a node."""
    if not reaches:
        return POINT
    total: Reach | None = None
    for before, inner in zip(reaches, traces[0].reaches, strict=True):
        if before is not None and inner is not None:
            through = before.then(inner)
            total = total.union(through) if total is not None else through
    for repeated in traces[1:]:
        inner = repeated.reaches[0]
        total = total.then(inner) if total and inner else total
    return total
