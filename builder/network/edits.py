"""Edits: pure functions from one architecture to the next.

An edit that makes no sense raises an `EditError`; an edit that leaves the network broken does not,
since inference reports that. Ids never change, except where a block is replaced by one of another
type.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from builder.blocks.base import Block
from builder.network.architecture import (
    MAX_NAME,
    MAX_REPEAT,
    Architecture,
    Node,
    is_identifier,
    title,
)
from builder.network.connections import (
    check,
    is_repeatable,
    most_inputs,
    takes_input,
    takes_one,
)
from builder.network.edit_codes import EditCode
from builder.network.placing import (
    below,
    check_room,
    find,
    new_id,
    port_reading,
    rewire,
    splice,
    with_node,
)
from builder.network.topology import ancestors
from builder.system.errors import EditError, FormatError, ParameterError, refused


def add(architecture: Architecture, block: Block, after: str | None = None) -> Architecture:
    """Places a block after a node, or at the end of the stack.

    The block reads that node; if the next row read that node, it now reads the block. Skip
    connections keep their sources.

    Args:
        architecture: The network.
        block: What is placed.
        after: The id of the node that it is placed behind; None for the end.

    Raises:
        EditError: There is no such node, or the architecture is full.
    """
    return splice(architecture, Node(new_id(architecture, block), block), after)


def replace_block(
    architecture: Architecture, node_id: str, block_type: type[Block]
) -> Architecture:
    """Replaces a node's block by another type; parameters with the same name are kept.

    Raises:
        EditError: There is no such node.
    """
    node = find(architecture, node_id)
    known = {parameter.name for parameter in block_type.parameters()}
    kept = {name: value for name, value in node.block.values().items() if name in known}
    try:
        block = block_type.create(kept)
    except ParameterError:  # the new type refuses a kept value: its defaults are used
        block = block_type.create({})
    inputs = node.inputs[: most_inputs(block)]
    times = node.repeat if is_repeatable(block) else 1
    new = replace(node, id=new_id(architecture, block), block=block, inputs=inputs, repeat=times)
    nodes = (
        new if existing.id == node_id else rewire(existing, node_id, (new.id,))
        for existing in architecture.nodes
    )
    return architecture.with_nodes_for(nodes, {node_id: new.id})


def set_parameters(
    architecture: Architecture, node_id: str, values: dict[str, Any]
) -> Architecture:
    """Gives one or several parameters of a node new values, at once.

    Raises:
        EditError: There is no such node.
        ParameterError: The block refuses a value.
    """
    node = find(architecture, node_id)
    block = type(node.block).create(node.block.values() | values)
    return with_node(architecture, replace(node, block=block))


def connect(
    architecture: Architecture, source: str, target: str, port: int | None = None
) -> Architecture:
    """Connects a node to another one.

    If it is above that one, it moves below it, together with its dependents: so a network that
    continues from its last row ends there.

    Args:
        architecture: The network.
        source: The id of the node that is read.
        target: The id of the node that reads.
        port: Which of the target's inputs is replaced; None adds one, or replaces the only one of a
            block that takes a single input.

    Raises:
        EditError: There are no such nodes, the target takes no (further) input, or a cycle would
            close.
    """
    find(architecture, source)
    node = find(architecture, target)
    check(architecture, source, target, port)
    inputs = list(node.inputs)
    if takes_one(node.block):
        inputs = [source]
    elif port is None or port >= len(inputs):
        inputs.append(source)
    else:
        inputs[port] = source
    return below(with_node(architecture, replace(node, inputs=tuple(inputs))), source, target)


def set_inputs(architecture: Architecture, target: str, sources: Iterable[str]) -> Architecture:
    """Sets a node's inputs, in order.

    Raises:
        EditError: As for `connect`.
    """
    node = find(architecture, target)
    result = with_node(architecture, replace(node, inputs=()))
    for source in sources:
        result = connect(result, source, target)
    return result


def disconnect(architecture: Architecture, source: str, target: str, port: int = 0) -> Architecture:
    """Removes one connection.

    Args:
        architecture: The network.
        source: The id of the node that is read.
        target: The id of the node that reads.
        port: Which of the target's inputs, from 0, where several read the source.

    Raises:
        EditError: There is no such connection.
    """
    node = find(architecture, target)
    place = _port(node, source, port)
    inputs = (*node.inputs[:place], *node.inputs[place + 1 :])
    return with_node(architecture, replace(node, inputs=inputs))


def redirect(
    architecture: Architecture, source: str, target: str, port: int, reader: str
) -> Architecture:
    """Has another node read a source in place of the one that does.

    Args:
        architecture: The network.
        source: The id of the node that is read.
        target: The id of the node that reads it now.
        port: Which of that one's inputs, as for `disconnect`.
        reader: The id of the node that reads it from now on.

    Raises:
        EditError: As for `disconnect` and `connect`.
    """
    return connect(disconnect(architecture, source, target, port), source, reader)


def swap_inputs(
    architecture: Architecture, source: str, target: str, port: int, inlet: int
) -> Architecture:
    """Leads a connection to another input of the same node.

    The connection that holds that input takes the one that becomes free: inputs have no gaps.

    Args:
        architecture: The network.
        source: The id of the node that is read.
        target: The id of the node that reads.
        port: Which of the target's inputs it is now, as for `disconnect`.
        inlet: Which of the target's inputs it is from now on, from 0.

    Raises:
        EditError: There is no such connection or input.
    """
    node = find(architecture, target)
    place = _port(node, source, port)
    inputs = list(node.inputs)
    if inlet >= len(inputs):
        fields = {"node": node.label, "number": len(inputs), "place": inlet + 1}
        raise EditError(EditCode.NO_SUCH_INPUT, **fields)
    inputs[place], inputs[inlet] = inputs[inlet], inputs[place]
    return with_node(architecture, replace(node, inputs=tuple(inputs)))


def move(architecture: Architecture, node_id: str, after: str | None) -> Architecture:
    """Moves a node to the place after another one.

    Its old place is closed, and it is spliced in at the new one, as by `add`. Inputs beyond the
    first, such as a merge's skip connections, stay as they are.

    Args:
        architecture: The network.
        node_id: The node that moves.
        after: The id of the node that it is put behind; None for the top of the stack, which only
            an Input can take.

    Raises:
        EditError: There are no such nodes, a node is put behind itself, or a cycle would close.
    """
    node = find(architecture, node_id)
    if after == node_id:
        raise EditError(EditCode.BEHIND_ITSELF, node=node.label)
    if after is None:
        if takes_input(node.block):
            raise EditError(EditCode.CANNOT_STAND_FIRST, node=node.label)
        rest = [existing for existing in architecture.nodes if existing.id != node_id]
        return architecture.with_nodes([node, *rest])
    if not takes_input(node.block):
        raise EditError(EditCode.CANNOT_STAND_BEHIND, node=node.label, after=after)
    without = remove(architecture, [node_id])
    find(without, after)
    others = node.inputs[1:]
    if node_id in ancestors(architecture, others) or set(others) - set(without.by_id):
        others = ()
    moved = splice(without, replace(node, inputs=others), after)
    if node_id in ancestors(moved, moved.by_id[node_id].inputs):
        raise EditError(EditCode.MOVE_CLOSES_CYCLE, node=node.label)
    return moved.with_outputs(architecture.outputs, architecture.output_keys)


def duplicate(architecture: Architecture, node_id: str) -> Architecture:
    """Places a copy of a node right after it.

    Raises:
        EditError: There is no such node, or the architecture is full.
    """
    node = find(architecture, node_id)
    if not takes_input(node.block):
        check_room(architecture)
        copy = replace(node, id=new_id(architecture, node.block), name="")
        place = architecture.index(node_id) + 1
        nodes = architecture.nodes
        return architecture.with_nodes([*nodes[:place], copy, *nodes[place:]])
    copy = Node(new_id(architecture, node.block), node.block, node.inputs[1:], "", node.repeat)
    return splice(architecture, copy, node_id)


def remove(architecture: Architecture, node_ids: Iterable[str]) -> Architecture:
    """Removes nodes and closes the stack: their readers read their first inputs instead.

    Raises:
        EditError: There is no such node.
    """
    result = architecture
    for node_id in node_ids:
        node = find(result, node_id)
        heir = node.inputs[:1]
        rest = (existing for existing in result.nodes if existing.id != node_id)
        result = result.with_nodes([rewire(existing, node_id, heir) for existing in rest])
    return result


def repeat(architecture: Architecture, node_id: str, times: int) -> Architecture:
    """Sets how many times in a row a node's block is applied.

    Raises:
        EditError: There is no such node, or the block takes other than one input.
        ParameterError: `times` is out of range.
    """
    node = find(architecture, node_id)
    if not 1 <= times <= MAX_REPEAT:
        raise refused("repeat", times, f"1 to {MAX_REPEAT}")
    if times > 1 and not is_repeatable(node.block):
        raise EditError(EditCode.NOT_REPEATABLE, node=node.label)
    return with_node(architecture, replace(node, repeat=times))


def rename(architecture: Architecture, node_id: str, name: str) -> Architecture:
    """Gives a node a person's name; an empty one removes it.

    Raises:
        EditError: There is no such node, or the name is taken.
        ParameterError: The name is too long or not an identifier.
    """
    node = find(architecture, node_id)
    if len(name) > MAX_NAME:
        raise refused("name", name, f"at most {MAX_NAME} letters")
    if name and not is_identifier(name):
        raise refused("name", name, "letters, digits and _ (no digit first)")
    if any(
        name in (other.id, other.name) for other in architecture if other.id != node_id and name
    ):
        raise EditError(EditCode.NAME_TAKEN, name=name)
    return with_node(architecture, replace(node, name="" if name == node.id else name))


def rename_architecture(architecture: Architecture, name: str) -> Architecture:
    """Renames the architecture.

    Raises:
        EditError: The title is empty, too long or not printable.
    """
    try:
        return replace(architecture, name=title(name))
    except FormatError as error:
        raise EditError(error.problem) from None


def _port(node: Node, source: str, port: int) -> int:
    """Which input of a node reads a source, as `port_reading`; refuses where none does."""
    place = port_reading(node, source, port)
    if place is None:
        raise EditError(EditCode.NOT_CONNECTED, source=source, target=node.id)
    return place
