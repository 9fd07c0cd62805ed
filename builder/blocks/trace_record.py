"""What tracing a block records: its layers, the modules that made them, and their sums."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.blocks.base import Block, Layer
from builder.blocks.costs import Reach, Weight
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.system.errors import ShapeError

MAX_LAYERS = 10_000
"""The most layers of a network; Keras would take minutes to build it."""
MAX_WORK = 100_000
"""The most work for tracing a block, counted in layers: about a second."""
_JOINS = 16
"""How many reaches are joined in the time of one layer."""


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """The facts about a layer on given input shapes, shared by all equal calls."""

    layer: Layer
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    weights: tuple[Weight, ...]
    params: int
    trainable_params: int
    macs: int
    activation_bytes: int
    reach: Reach


@dataclass(frozen=True, slots=True)
class LayerCall:
    """One inner layer of a traced block.

    Attributes:
        facts: Its shapes and costs.
        inputs: Where its inputs come from: an index into the trace's calls, or `-1 - k` for the
            block's own input number k.
    """

    facts: LayerFacts
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A module that was called inside a traced block.

    Attributes:
        block: Its type.
        values: The parameters that it was called with; those left out have their defaults.
        start: Index of the first layer call that it made.
        end: Index after its last one; the same as `start` if it made none.
        output: Index of the call whose output is the module's own.
        inputs: Where its inputs come from, as for a layer's call.
    """

    block: type[Block]
    values: Mapping[str, Any]
    start: int
    end: int
    output: int
    inputs: tuple[int, ...]


def called_directly(
    modules: Sequence[ModuleCall],
) -> Iterator[tuple[ModuleCall, Sequence[ModuleCall]]]:
    """The outermost modules, each with all modules inside it.

    Args:
        modules: Each before those that it calls itself, without those that made no layer.
    """
    at = 0
    while at < len(modules):
        behind = bisect_left(modules, modules[at].end, at + 1, key=lambda called: called.start)
        yield modules[at], modules[at + 1 : behind]
        at = behind


class CallRecord(list[LayerCall]):
    """A growing trace: the layer calls, and the modules that made them.

    Attributes:
        modules: The module calls, each before those that it makes itself.
        joins: How many reaches were joined, of every input of the block at every layer's input.
    """

    __slots__ = ("joins", "modules")

    def __init__(self) -> None:
        super().__init__()
        self.modules: list[ModuleCall] = []
        self.joins = 0

    @property
    def work(self) -> int:
        """The work of the trace so far, counted in layers."""
        return len(self) + len(self.modules) + self.joins // _JOINS

    def check(self) -> None:
        """Refuses to go on with a block that is too large, however it is nested.

        Raises:
            ShapeError: It has too many layers, or takes too much work.
        """
        if len(self) >= MAX_LAYERS:
            raise ShapeError(ShapeCode.TOO_MANY_LAYERS, most=MAX_LAYERS)
        if self.work >= MAX_WORK:
            raise ShapeError(ShapeCode.TOO_MUCH_INSIDE)


@dataclass(frozen=True, slots=True)
class BlockTrace:
    """A block applied to given input shapes: its inner layers and their sums.

    Attributes:
        input_shapes: One shape for each input.
        output_shape: The shape of the output.
        calls: Every inner Keras layer, in creation order.
        output: Index of the call whose output is the block's own.
        reaches: For each input, how far an output pixel sees on it; None where it does not depend
            on that input.
        modules: The modules that the block calls, each before those that it calls itself.
        work: The work of tracing it, counted in layers.
    """

    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    calls: tuple[LayerCall, ...]
    output: int
    reaches: tuple[Reach | None, ...]
    params: int
    trainable_params: int
    macs: int
    activation_bytes: int
    modules: tuple[ModuleCall, ...] = ()
    work: int = 0
