"""Opens an own block's inside as a network that can be edited, and turns it back into a block.

`opened` returns the block at its default values, with an Input for each input tensor. `closed`
turns the edited network into the block's new definition: at its default values the block does
exactly what the network did.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from math import prod
from typing import Any

from builder.blocks.catalogue import block_type
from builder.blocks.parameter import Role
from builder.blocks.symbolic import trace
from builder.blocks.types import MAX_SIZE, Shape
from builder.custom_blocks.codes import OwnBlockCode
from builder.custom_blocks.exposing import candidates
from builder.network.architecture import MAX_INPUTS, Architecture, Node
from builder.network.inference import infer
from builder.network.naming import unique
from builder.network.own_block import REPEAT, Definition, Exposed, OwnBlock, definitions_in
from builder.network.own_block_checks import settable
from builder.network.own_block_type import own_block
from builder.network.topology import cyclic_nodes, order
from builder.system.errors import BuilderError, EditError

_FALLBACKS: tuple[Shape, ...] = ((32, 32, 3), (32, 32, 64), (64,))
"""The shapes to try for a block that is not used anywhere."""
_MOST_TRIED = 16
_RESHAPE = "Reshape"


@dataclass(frozen=True)
class Ties:
    """What became of a block's parameters when its inside was edited.

    Attributes:
        kept: The parameters that still set something, with targets among the nodes of the network.
        gone: The names of the parameters that no longer set anything.
        untied: What a parameter no longer sets, because it was given a different value than the
            rest: the parameter's name, the node's id, and the name of what it set there.
    """

    kept: tuple[Exposed, ...] = ()
    gone: tuple[str, ...] = ()
    untied: tuple[tuple[str, str, str], ...] = ()


def opened(definition: Definition, shapes: Sequence[Shape], title: str) -> Architecture:
    """A block's inside as a network.

    Args:
        definition: The block.
        shapes: The shapes of its input tensors.
        title: The network's name.
    """
    usual = {exposed.name: definition.default(exposed) for exposed in definition.parameters}
    return _network(replace(definition, nodes=definition.with_values(usual)), shapes, title)


def _network(definition: Definition, shapes: Sequence[Shape], title: str) -> Architecture:
    taken = {*definition.tensors, *definition.by_id}
    entries: list[tuple[Node, ...]] = []
    for tensor, shape in zip(definition.tensors, shapes, strict=True):
        entries.append(_entry(tensor, shape, taken))
        taken.update(node.id for node in entries[-1])
    nodes = (*chain.from_iterable(entries), *definition.nodes)
    is_last = definition.nodes[-1].id == definition.output
    return Architecture(
        title,
        nodes,
        outputs=() if is_last else (definition.output,),
        inputs=tuple(entry[0].id for entry in entries),
    )


def _entry(tensor: str, shape: Shape, taken: Collection[str]) -> tuple[Node, ...]:
    """The nodes that provide a tensor: an Input and, if it is not an image, what reshapes it."""
    source = block_type("Input")
    if len(shape) == 3 and max(shape) <= MAX_SIZE:
        return (Node(tensor, source.create({"shape": shape})),)
    values = prod(shape)
    rows = next((n for n in range(1, MAX_SIZE) if values % n == 0 and values // n <= MAX_SIZE), 1)
    image = (rows, 1, min(values // rows, MAX_SIZE))
    given = Node(unique(f"{tensor}_given", taken), source.create({"shape": image}))
    block = block_type(_RESHAPE).create({"target_shape": shape})
    return given, Node(tensor, block, (given.id,))


def ties(network: Architecture, before: Definition) -> Ties:
    """Finds what is left of a block's parameters in its edited inside.

    A parameter sets one value in several places. If their values differ now, it keeps the largest
    group that still agrees.
    """
    kept: list[Exposed] = []
    untied: list[tuple[str, str, str]] = []
    for exposed in before.parameters:
        there = [t for t in exposed.targets if _is_there(network, t)]
        groups: list[list[tuple[str, str]]] = []
        for target in there:
            value = value_of(network, target)
            alike = next((g for g in groups if value_of(network, g[0]) == value), None)
            if alike is None:
                groups.append([target])
            else:
                alike.append(target)
        if groups:
            largest = max(groups, key=len)
            kept.append(replace(exposed, targets=tuple(largest)))
            untied += [(exposed.name, *target) for target in there if target not in largest]
    names = {exposed.name for exposed in kept}
    gone = tuple(e.name for e in before.parameters if e.name not in names)
    return Ties(tuple(kept), gone, tuple(untied))


def new_parameters(
    network: Architecture, before: Definition, known: Iterable[Exposed]
) -> tuple[Exposed, ...]:
    """What else of an inside could be exposed: what no known parameter sets."""
    known = tuple(known)
    ids = [node.id for node in inner_nodes(network, before)]
    tied = {target for exposed in known for target in exposed.targets}
    taken = {exposed.name for exposed in known}
    found: list[Exposed] = []
    for exposed in candidates(network, ids):
        targets = tuple(target for target in exposed.targets if target not in tied)
        if targets:
            name = unique(exposed.name, taken)
            taken.add(name)
            found.append(Exposed(name, targets))
    return tuple(found)


def also_settable(
    network: Architecture, before: Definition, exposed: Exposed
) -> tuple[tuple[str, str], ...]:
    """What a parameter sets, and what it could also set: parameters of the same name and value."""
    value = value_of(network, exposed.targets[0])
    names = {name for _, name in exposed.targets}
    more = [
        (node.id, name)
        for node in inner_nodes(network, before)
        for name in sorted(names & settable(node))
        if value_of(network, (node.id, name)) == value
    ]
    return tuple(dict.fromkeys((*exposed.targets, *more)))


def inner_nodes(network: Architecture, before: Definition) -> tuple[Node, ...]:
    """The nodes of an inside that become the block's nodes, in the order of the stack."""
    entries = _entries(network, before)
    return tuple(node for node in network if node.id not in entries)


def value_of(network: Architecture, target: tuple[str, str]) -> Any:
    """The value of a node's parameter, or its repetitions."""
    node, name = network.by_id[target[0]], target[1]
    return node.repeat if name == REPEAT else getattr(node.block, name)


def closed(
    network: Architecture, before: Definition, parameters: Sequence[Exposed], summary: str
) -> Definition:
    """The block made from an edited inside.

    Args:
        network: The inside.
        before: The block as it was.
        parameters: What can be set from outside, with targets among the network's nodes.
        summary: One line on what it is for.

    Raises:
        EditError: The network makes no such block; the message says why.
    """
    name = before.name
    if cyclic_nodes(network):
        raise EditError(OwnBlockCode.BLOCK_HAS_CYCLE)
    entries = _entries(network, before)
    inner = [node for node in order(network) if node.id not in entries]
    if not inner:
        raise EditError(OwnBlockCode.EMPTY)
    if any(own.name == name for own in definitions_in(inner)):
        raise EditError(OwnBlockCode.HOLDS_ITSELF, block=name)
    _check_ends(network, before)
    names = {node: before.tensors[place] for node, place in entries.items()}
    taken = set(before.tensors)
    for node in inner:
        names[node.id] = unique(node.label, taken)
        taken.add(names[node.id])
    nodes = tuple(
        replace(node, id=names[node.id], name="", inputs=_named(node.inputs, names))
        for node in inner
    )
    renamed = tuple(
        replace(e, targets=tuple((names.get(node, node), what) for node, what in e.targets))
        for e in parameters
    )
    output = names[network.output_ids[0]]
    made = Definition(name, nodes, output, before.tensors, renamed, summary.strip())
    own_block(made)
    return made


def usual_shapes(architecture: Architecture, definition: Definition) -> tuple[Shape, ...]:
    """Input shapes of a block in a network: the first with which it works at its default values.

    If it works with none of them, those of its first place; if it is not used, common shapes.
    """
    block = own_block(definition).create({})
    number = len(definition.tensors)
    there = islice(_shapes_in(architecture, definition.name, set()), _MOST_TRIED)
    found = [shapes for shapes in there if len(shapes) == number]
    widths = {getattr(block, p.name) for p in block.parameters() if p.role is Role.WIDTH}
    wide = [
        tuple((*shape[:-1], width) for shape in shapes)
        for shapes in found
        for width in sorted(width for width in widths if type(width) is int)
    ]
    common = [(shape,) * number for shape in _FALLBACKS]
    tried = list(dict.fromkeys((*found, *wide[:_MOST_TRIED], *common)))
    return next((shapes for shapes in tried if _works(block, shapes)), tried[0])


def _shapes_in(
    architecture: Architecture, name: str, seen: set[tuple[Node, tuple[Shape, ...]]]
) -> Iterator[tuple[Shape, ...]]:
    """The input shapes of a block's nodes, including those inside other own blocks."""
    for known in infer(architecture).nodes.values():
        node = known.node
        if not isinstance(node.block, OwnBlock) or not known.input_shapes:
            continue
        if (node, known.input_shapes) in seen:
            continue
        seen.add((node, known.input_shapes))
        definition = node.block.definition
        if definition.name == name:
            yield known.input_shapes
        elif any(own.name == name for own in definitions_in(definition.nodes)):
            inner = replace(definition, nodes=node.block.inner_nodes())
            yield from _shapes_in(_network(inner, known.input_shapes, "inside"), name, seen)


def _works(block: OwnBlock, shapes: tuple[Shape, ...]) -> bool:
    try:
        trace(block, shapes)
    except BuilderError:
        return False
    return True


def _is_there(network: Architecture, target: tuple[str, str]) -> bool:
    node, name = target
    return node in network and name in settable(network.by_id[node])


def _entries(network: Architecture, before: Definition) -> dict[str, int]:
    """The nodes that stand for input tensors, with their numbers: Inputs, and their Reshapes."""
    inputs = {node_id: number for number, node_id in enumerate(network.input_ids)}
    reshaped = {
        node.id: inputs[node.inputs[0]]
        for node in network
        if isinstance(node.block, block_type(_RESHAPE))
        and node.id in before.tensors
        and node.inputs[:1]
        and node.inputs[0] in inputs
    }
    return inputs | reshaped


def _check_ends(network: Architecture, before: Definition) -> None:
    number, wanted = len(network.input_ids), len(before.tensors)
    if number != wanted or number > MAX_INPUTS:
        is_surplus = number > wanted
        code = OwnBlockCode.SURPLUS_INPUTS if is_surplus else OwnBlockCode.MISSING_INPUTS
        raise EditError(code, received=number, expected=wanted)
    if len(network.output_ids) != 1:
        raise EditError(OwnBlockCode.OTHER_OUTPUTS, received=len(network.output_ids))
    if network.output_ids[0] in _entries(network, before):
        raise EditError(OwnBlockCode.OUTPUT_IS_INPUT)


def _named(sources: tuple[str, ...], names: dict[str, str]) -> tuple[str, ...]:
    return tuple(names.get(source, source) for source in sources)
