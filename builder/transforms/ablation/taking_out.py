"""Takes out a kind of part at every depth: loose layers, built-in modules and own blocks."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from builder.blocks.base import Block
from builder.blocks.declaration import adapter
from builder.blocks.module import Module
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import BlockTrace
from builder.blocks.types import Shape
from builder.network.architecture import MAX_NAME, Architecture, Node
from builder.network.inference import infer
from builder.network.naming import unique
from builder.network.own_block import Definition, OwnBlock
from builder.network.own_block_type import own_block
from builder.network.topology import order
from builder.system.errors import BuilderError
from builder.transforms.ablation.content import (
    Content,
    Traces,
    content,
    layers_of,
    renumbered,
    traces_inside,
)
from builder.transforms.ablation.graph import Graph
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.paths import handed_through, short_path
from builder.transforms.ablation.removing import remove
from builder.transforms.ablation.sharing import Made, shared


def take_out(
    architecture: Architecture, kind: PartKind, chosen: Collection[str] | None
) -> Architecture:
    """The network without the parts of one kind, in all nodes or in the chosen ones.

    Nodes keep their ids. What is left of a module stays in its place: as the same module if one of
    its parameters has the same effect, otherwise as an own block named after what was taken out.
    Nodes behind an error are skipped.

    Args:
        architecture: A network; it may be broken.
        kind: What is taken out.
        chosen: The ids of the nodes to look at; None for all.
    """
    inference = infer(architecture)
    if any(len(set(node.inputs) - architecture.by_id.keys()) for node in architecture):
        return architecture
    traces = {node_id: known.traces for node_id, known in inference.nodes.items()}
    graph = Graph(order(architecture), architecture.output_ids, True, layers_of(traces))
    changed = _without(graph, kind, chosen, traces)
    if changed == graph:
        return architecture
    outputs = changed.outputs if architecture.outputs else ()
    kept = replace(architecture, nodes=_as_before(architecture, changed.nodes), outputs=outputs)
    if not outputs and kept.output_ids != changed.outputs:
        kept = replace(kept, outputs=changed.outputs)
    return shared(kept, _made)


@dataclass(frozen=True)
class _Left:
    """What is left of a module.

    Attributes:
        block: The block; None if nothing is left, so that readers of the module read its input.
        ports: The module's inputs that it reads, or passes on.
    """

    block: Block | None
    ports: tuple[int, ...]


_made: dict[Definition, Made] = {}
"""The blocks that replace modules, kept so that similar ones can be merged into one."""


def _as_before(architecture: Architecture, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The nodes in the order of the stack; new ones come before the node that they lead to."""
    place = {node.id: number for number, node in enumerate(architecture.nodes)}
    ranks: list[int] = []
    rank = len(place)
    for node in reversed(nodes):
        rank = place.get(node.id, rank)
        ranks.append(rank)
    ranked = sorted(zip(reversed(ranks), range(len(nodes)), strict=True))
    return tuple(nodes[number] for _, number in ranked)


def _without(graph: Graph, kind: PartKind, chosen: Collection[str] | None, traces: Traces) -> Graph:
    """A graph without the parts of one kind, including those inside its modules."""
    graph = remove(graph, kind, chosen)
    for node in graph.nodes:
        is_chosen = chosen is None or node.id in chosen
        if is_chosen and isinstance(node.block, Module) and traces.get(node.id):
            graph = _replaced(graph, node, [_left(graph, node, t, kind) for t in traces[node.id]])
    return graph


def _left(graph: Graph, node: Node, traced: BlockTrace, kind: PartKind) -> _Left:
    """What is left of one repetition of a module."""
    assert isinstance(node.block, Module)
    is_end = graph.is_end and node.id in graph.outputs
    paths = short_path(graph, node) if kind is PartKind.SHORTCUT else None
    port = node.inputs.index(paths.short) if paths else None
    return _module_without(node.block, traced.input_shapes, kind, is_end, port)


def _replaced(graph: Graph, node: Node, left: list[_Left]) -> Graph:
    """A graph in which a row of blocks replaces a node's repetitions."""
    if all(each.block == node.block for each in left):
        return graph
    runs = [(each, len(list(alike))) for each, alike in groupby(left) if each.block is not None]
    if not runs:
        return graph.bypassed(node.id, node.inputs[left[0].ports[0]])
    taken = set(graph.by_id)
    row: list[Node] = []
    sources = tuple(node.inputs[port] for port in runs[0][0].ports)
    for number, (each, times) in enumerate(runs, start=1):
        assert each.block is not None
        is_last = number == len(runs)
        own_id = node.id if is_last else unique(f"{node.id}_part", taken)
        taken.add(own_id)
        row.append(Node(own_id, each.block, sources, node.name if is_last else "", times))
        sources = (own_id,)
    nodes: list[Node] = []
    for existing in graph.nodes:
        nodes += row if existing.id == node.id else [existing]
    return replace(graph, nodes=tuple(nodes)).pruned(node.inputs)


@lru_cache(maxsize=8_192)
def _module_without(
    block: Module, shapes: tuple[Shape, ...], kind: PartKind, is_end: bool, short: int | None
) -> _Left:
    """What is left of a module that is applied to inputs of given shapes.

    Args:
        block: The module.
        shapes: Of its inputs.
        kind: What is taken out.
        is_end: Whether its output is the network's.
        short: The input that is a shortcut around the other one; None for none.
    """
    every = tuple(range(len(shapes)))
    inside = content(block, shapes)
    traces = traces_inside(inside, shapes)
    graph = Graph(inside.nodes, (inside.output,), is_end, layers_of(traces))
    changed = graph if short is None else _cut_off(graph, inside.tensors[short])
    changed = _without(changed, kind, None, traces)
    if changed == graph:
        return _Left(block, every)
    (output,) = changed.outputs
    if output in inside.tensors:
        return _Left(None, (inside.tensors.index(output),))
    cut = short is not None and inside.tensors[short] not in changed.readers
    ports = tuple(port for port in every if port != short) if cut else every
    tensors = tuple(inside.tensors[port] for port in ports)
    left = Content(changed.nodes, output, tensors)
    left = left if isinstance(block, OwnBlock) else renumbered(left)
    definition = Definition(_name(block, kind), left.nodes, left.output, left.tensors)
    made = own_block(definition).create({})
    by_parameter = None if cut else _by_parameter(block, made, shapes)
    if by_parameter is not None:
        return _Left(by_parameter, every)
    _made.setdefault(definition, Made(definition, block, kind))
    return _Left(made, ports)


def _cut_off(graph: Graph, tensor: str) -> Graph:
    """A module's inside without the shortcut that enters by one of its tensors."""
    for node in graph.nodes:
        paths = handed_through(graph, node, tensor)
        if paths is not None:
            return graph.bypassed(node.id, paths.main).pruned([paths.short])
    return graph


def _by_parameter(block: Module, made: Block, shapes: tuple[Shape, ...]) -> Block | None:
    """The module itself with one parameter switched off, if that has the same effect.

    EfficientNet's block with `se_ratio=0` has no Squeeze-and-Excitation and is easier to read than
    a separate function.
    """
    try:
        wanted = trace(made, shapes)
    except BuilderError:
        return None
    for switched in _switched_off(block):
        try:
            found = trace(switched, shapes)
        except BuilderError:
            continue
        if found.calls == wanted.calls and found.output == wanted.output:
            return switched
    return None


def _switched_off(block: Module) -> Iterator[Block]:
    values = block.values()
    off: tuple[Any, ...] = (False, 0, 0.0, None)
    for name, value in values.items():
        for without in off:
            if value == without or (isinstance(value, bool) and without is not False):
                continue
            changed = {**values, name: without}
            try:
                adapter(type(block)).validate_python(changed)  # refuses most, and wastes no words
                yield type(block).create(changed)
            except (BuilderError, ValidationError):
                continue


def _name(block: Module, kind: PartKind) -> str:
    """`basic_block_without_shortcut`; if that is such a variant already: `…_and_dropout`."""
    known = block.type_name()
    is_short = "_without_" in known and kind.suffix.startswith("without_")
    suffix = f"and_{kind.value}" if is_short else kind.suffix
    return f"{known[: MAX_NAME - len(suffix) - 4]}_{suffix}"
