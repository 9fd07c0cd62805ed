"""Makes an own block from nodes, and takes one apart again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from builder.blocks.base import Block
from builder.blocks.module import Module
from builder.blocks.trace_record import BlockTrace
from builder.custom_blocks.codes import OwnBlockCode
from builder.network.architecture import MAX_NODES, Architecture, Node
from builder.network.connections import takes_input
from builder.network.inference import infer
from builder.network.naming import unique
from builder.network.own_block import Definition, Exposed, OwnBlock, definitions_in
from builder.network.own_block_checks import check_name
from builder.network.own_block_type import own_block
from builder.network.placing import find, new_id
from builder.network.topology import cyclic_nodes, order
from builder.system.errors import EditError


def group(
    architecture: Architecture,
    node_ids: Collection[str],
    name: str,
    parameters: Sequence[Exposed] = (),
    summary: str = "",
) -> Architecture:
    """Replaces several nodes by one node of an own block.

    Args:
        architecture: What is edited.
        node_ids: The nodes that become the block's content.
        name: The block's name.
        parameters: What can be set from outside, with targets among these nodes.
        summary: One line on what it is for.

    Raises:
        EditError: The nodes have no common output, or something else keeps them from being a block;
            or the name is taken.
    """
    definition, sources = define(architecture, node_ids, name, parameters, summary)
    known = {own.name: own for own in definitions_in(architecture)}
    if known.get(name, definition) != definition:
        raise EditError(OwnBlockCode.ANOTHER_BLOCK, block=name)
    block = own_block(definition).create({})
    output = _output(architecture, set(node_ids))
    node = Node(new_id(architecture, block), block, sources)
    nodes: list[Node] = []
    for existing in order(architecture):
        if existing.id == output:
            nodes.append(node)
        elif existing.id not in node_ids:
            inputs = (node.id if source == output else source for source in existing.inputs)
            nodes.append(replace(existing, inputs=tuple(inputs)))
    return architecture.with_nodes_for(nodes, {output: node.id})


def define(
    architecture: Architecture,
    node_ids: Collection[str],
    name: str,
    parameters: Sequence[Exposed] = (),
    summary: str = "",
) -> tuple[Definition, tuple[str, ...]]:
    """Describes nodes as an own block.

    Returns:
        The definition, and the ids of the nodes outside that the block would read.

    Raises:
        EditError: As for `group`.
    """
    check_name(name)
    chosen = {find(architecture, node_id).id for node_id in node_ids}
    if not chosen:
        raise EditError(OwnBlockCode.NOTHING_SELECTED)
    if cyclic_nodes(architecture):
        raise EditError(OwnBlockCode.NETWORK_HAS_CYCLE)
    inner = [node for node in order(architecture) if node.id in chosen]
    for node in inner:
        if not takes_input(node.block):
            raise EditError(OwnBlockCode.FEEDS_NETWORK, node=node.label)
    output = _output(architecture, chosen)
    sources = tuple(dict.fromkeys(s for node in inner for s in node.inputs if s not in chosen))
    _check_sources(architecture, sources)
    tensors = tuple(f"inputs_{k}" for k in range(1, len(sources) + 1))
    tensors = ("inputs",) if len(sources) == 1 else tensors
    names = dict(zip(sources, tensors, strict=True))
    taken = set(tensors)
    for node in inner:
        names[node.id] = unique(node.label, taken)
        taken.add(names[node.id])
    nodes = tuple(
        replace(node, id=names[node.id], name="", inputs=tuple(names[s] for s in node.inputs))
        for node in inner
    )
    renamed = tuple(_renamed(exposed, names) for exposed in parameters)
    definition = Definition(name, nodes, names[output], tensors, renamed, summary.strip())
    own_block(definition)
    return definition, sources


def unpack(architecture: Architecture, node_id: str) -> Architecture:
    """Replaces a module by its content: an own block by its nodes, a built-in module by its layers.

    Raises:
        EditError: The node is not a module, its content is unknown because it has errors, or the
            architecture would be too large.
    """
    node = find(architecture, node_id)
    if not isinstance(node.block, Module):
        raise EditError(OwnBlockCode.NOTHING_TO_UNPACK, node=node.label)
    placed: list[Node] = []
    taken = {name for n in architecture if n.id != node_id for name in (n.id, n.name) if name}
    last = node.inputs
    for blocks, output in _contents(architecture, node):
        names = {-1 - port: source for port, source in enumerate(last)}
        for index, (block, inputs, times, label) in enumerate(blocks):
            names[index] = unique(label or _first(block), taken)
            taken.add(names[index])
            sources = tuple(names[source] for source in inputs)
            placed.append(Node(names[index], block, sources, repeat=times))
        last = (names[output],)
    if len(architecture.nodes) + len(placed) > MAX_NODES:
        raise EditError(OwnBlockCode.TOO_MANY_UNPACKED, most=MAX_NODES)
    heir = last[0]
    nodes: list[Node] = []
    for existing in architecture:
        inputs = (heir if source == node_id else source for source in existing.inputs)
        nodes += placed if existing.id == node_id else [replace(existing, inputs=tuple(inputs))]
    return architecture.with_nodes_for(nodes, {node_id: heir})


_Content = list[tuple[Block, tuple[int, ...], int, str]]
"""Blocks with the places of their inputs (-1 - k: the k-th input), repetitions and labels."""


def _contents(architecture: Architecture, node: Node) -> Iterable[tuple[_Content, int]]:
    """The content of a module, once for each repetition, with the place of its output."""
    if isinstance(node.block, OwnBlock):
        inner = node.block.inner_nodes()
        definition = node.block.definition
        place = {tensor: -1 - k for k, tensor in enumerate(definition.tensors)}
        place |= {n.id: index for index, n in enumerate(inner)}
        content: _Content = [
            (n.block, tuple(place[s] for s in n.inputs), n.repeat, n.id) for n in inner
        ]
        return [(content, place[definition.output])] * node.repeat
    known = infer(architecture).nodes[node.id]
    if not known.traces:
        raise EditError(OwnBlockCode.UNKNOWN_LAYERS, node=node.label)
    return [(_layers(trace), trace.output) for trace in known.traces]


def _layers(trace: BlockTrace) -> _Content:
    return [(call.facts.layer, call.inputs, 1, "") for call in trace.calls]


def _output(architecture: Architecture, chosen: set[str]) -> str:
    """The only node among some whose output is read outside, or that nothing reads.

    If there is only one, no path leaves the nodes and enters them again.
    """
    read_inside = {s for node in architecture if node.id in chosen for s in node.inputs}
    outputs = [
        node.id
        for node in architecture
        if node.id in chosen
        and (
            node.id not in read_inside
            or node.id in architecture.output_ids
            or not chosen.issuperset(architecture.consumers[node.id])
        )
    ]
    if len(outputs) != 1:
        labels = ", ".join(architecture.by_id[output].label for output in outputs)
        raise EditError(OwnBlockCode.SEVERAL_OUTPUTS, number=len(outputs), nodes=labels)
    return outputs[0]


def _check_sources(architecture: Architecture, sources: Sequence[str]) -> None:
    if not sources:
        raise EditError(OwnBlockCode.READS_NOTHING)
    for source in sources:
        if source not in architecture:
            raise EditError(OwnBlockCode.MISSING_SOURCE, source=source)


def _renamed(exposed: Exposed, names: Mapping[str, str]) -> Exposed:
    targets = tuple((names.get(node, node), parameter) for node, parameter in exposed.targets)
    return replace(exposed, targets=targets)


def _first(block: Block) -> str:
    return f"{block.prefix()}_1"
