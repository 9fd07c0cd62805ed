"""The inside of a module as a graph: nodes of an own block, or layers and modules of another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from builder.blocks.base import Block, Layer
from builder.blocks.module import Module
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import BlockTrace, ModuleCall, called_directly
from builder.blocks.types import Shape
from builder.network.architecture import Node
from builder.network.own_block import OwnBlock
from builder.system.errors import BuilderError

Traces = Mapping[str, tuple[BlockTrace, ...]]
"""The traces of each node, one for each of its repetitions."""


@dataclass(frozen=True)
class Content:
    """A module's inside.

    Attributes:
        nodes: Each after its inputs; unread nodes are left out.
        output: The id of the node whose output is the module's own.
        tensors: The names under which the nodes read the module's inputs.
    """

    nodes: tuple[Node, ...]
    output: str
    tensors: tuple[str, ...]


def content(module: Module, shapes: tuple[Shape, ...]) -> Content:
    """Returns a module's inside at given input shapes.

    Modules that a built-in module calls remain modules, unless one is called with values that its
    declaration refuses: then its layers take its place.

    Raises:
        ShapeError: The module does not fit these shapes.
    """
    if isinstance(module, OwnBlock):
        own = module.definition
        idle = frozenset(own.idle)
        nodes = tuple(node for node in module.inner_nodes() if node.id not in idle)
        return Content(nodes, own.output, own.tensors)
    return _Reading(trace(module, shapes)).content()


def traces_inside(inside: Content, shapes: tuple[Shape, ...]) -> Traces:
    """Traces each node of a module's inside.

    Raises:
        ShapeError: A node does not fit its inputs.
    """
    given = dict(zip(inside.tensors, shapes, strict=True))
    found: dict[str, tuple[BlockTrace, ...]] = {}
    for node in inside.nodes:
        reaching = tuple(given[source] for source in node.inputs)
        each: list[BlockTrace] = []
        for _ in range(node.repeat):
            each.append(trace(node.block, reaching))
            reaching = (each[-1].output_shape,)
        found[node.id] = tuple(each)
        given[node.id] = reaching[0]
    return found


def layers_of(traces: Traces) -> dict[str, tuple[Layer, ...]]:
    """The layers that each node applies, in the order of the calls."""
    return {
        node_id: tuple(call.facts.layer for traced in each for call in traced.calls)
        for node_id, each in traces.items()
        if each
    }


def renumbered(inside: Content) -> Content:
    """Renames the nodes as if the removed ones had never existed.

    Blocks that lost different parts but are equal now get equal names, too.
    """
    tensors = _tensor_names(len(inside.tensors))
    ids = dict(zip(inside.tensors, tensors, strict=True))
    numbers: Counter[str] = Counter()
    nodes: list[Node] = []
    for node in inside.nodes:
        ids[node.id] = _numbered(node.block, numbers)
        inputs = tuple(ids[source] for source in node.inputs)
        nodes.append(replace(node, id=ids[node.id], inputs=inputs))
    return Content(tuple(nodes), ids[inside.output], tensors)


def _tensor_names(number: int) -> tuple[str, ...]:
    several = tuple(f"inputs_{k}" for k in range(1, number + 1))
    return several if number > 1 else ("inputs",)


def _numbered(block: Block, numbers: Counter[str]) -> str:
    """`conv2d_1`, and so on."""
    numbers[block.prefix()] += 1
    return f"{block.prefix()}_{numbers[block.prefix()]}"


class _Reading:
    """Reads a trace as nodes."""

    def __init__(self, traced: BlockTrace) -> None:
        self._trace = traced
        self._tensors = _tensor_names(len(traced.input_shapes))
        self._ids = {-1 - port: name for port, name in enumerate(self._tensors)}
        self._numbers: Counter[str] = Counter()
        self._nodes: list[Node] = []

    def content(self) -> Content:
        made = [called for called in self._trace.modules if called.end > called.start]
        self._read(0, len(self._trace.calls), made)
        return Content(tuple(self._nodes), self._ids[self._trace.output], self._tensors)

    def _read(self, start: int, end: int, modules: Sequence[ModuleCall]) -> None:
        """Reads a range of calls; `modules` are those in it, outer ones first."""
        at = start
        for called, inner in called_directly(modules):
            self._layers(at, called.start)
            block = _block(called)
            if block is None or called.output < called.start:
                self._read(called.start, called.end, inner)
            else:
                self._add(block, called.inputs, called.output)
            at = called.end
        self._layers(at, end)

    def _layers(self, start: int, end: int) -> None:
        for index in range(start, end):
            call = self._trace.calls[index]
            self._add(call.facts.layer, call.inputs, index)

    def _add(self, block: Block, inputs: tuple[int, ...], index: int) -> None:
        node_id = _numbered(block, self._numbers)
        sources = tuple(self._ids[source] for source in inputs)
        self._nodes.append(Node(node_id, block, sources))
        self._ids[index] = node_id


def _block(called: ModuleCall) -> Block | None:
    """The block of a called module; None if its declaration refuses the values of the call."""
    try:
        return called.block.create(called.values)
    except BuilderError:
        return None
