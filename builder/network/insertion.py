"""Edits that place a block at a certain spot: on top, on a connection, or beside one.

`edits.add` places it after a node.
"""

from dataclasses import replace

from builder.blocks.base import Block
from builder.network.architecture import Architecture, Node
from builder.network.connections import check_takes_input, takes_input
from builder.network.edit_codes import EditCode
from builder.network.edits import connect
from builder.network.placing import check_room, find, new_id, port_reading
from builder.system.errors import EditError


def add_first(architecture: Architecture, block: Block) -> Architecture:
    """Places a block at the top of the stack.

    Raises:
        EditError: The architecture is full.
    """
    check_room(architecture)
    node = Node(new_id(architecture, block), block)
    nodes = list(architecture.nodes)
    if nodes and not nodes[0].inputs and takes_input(nodes[0].block):
        nodes[0] = replace(nodes[0], inputs=(node.id,))
    return architecture.with_nodes([node, *nodes])


def add_on_edge(
    architecture: Architecture, block: Block, source: str, target: str, port: int = 0
) -> Architecture:
    """Places a block on a connection: it reads the source, and the target reads it.

    Args:
        architecture: The network.
        block: What is placed.
        source: The id of the node that is read.
        target: The id of the node that reads.
        port: Which of the target's inputs, from 0, where several read the source.

    Raises:
        EditError: There is no such connection, the block takes no input, or there is no room.
    """
    find(architecture, source)
    reader = find(architecture, target)
    place = port_reading(reader, source, port)
    if place is None:
        raise EditError(EditCode.NOTHING_BETWEEN, source=source, target=target)
    check_takes_input(block, EditCode.CANNOT_STAND_BETWEEN)
    check_room(architecture)
    node = Node(new_id(architecture, block), block, (source,))
    inputs = (*reader.inputs[:place], node.id, *reader.inputs[place + 1 :])
    row = architecture.index(target)
    before, after = architecture.nodes[:row], architecture.nodes[row + 1 :]
    return architecture.with_nodes([*before, node, replace(reader, inputs=inputs), *after])


def attach(
    architecture: Architecture, block: Block, source: str | None, target: str | None
) -> Architecture:
    """Places a block that reads one node and is read by another; no other connection changes.

    Args:
        architecture: The network.
        block: What is placed.
        source: The id of the node that it reads; None for none.
        target: The id of the node that reads it, as `connect` lets it; None for none.

    Raises:
        EditError: There are no such nodes, a connection makes no sense, or there is no room.
    """
    if source is not None:
        check_takes_input(block, EditCode.CANNOT_READ, source=source)
    check_room(architecture)
    inputs = () if source is None else (find(architecture, source).id,)
    node = Node(new_id(architecture, block), block, inputs)
    nodes = list(architecture.nodes)
    if source is not None:
        place = architecture.index(source) + 1
    elif target is not None:
        place = architecture.index(find(architecture, target).id)
    else:  # what nothing reads does not become the network's output
        place = max(0, len(nodes) - 1) if takes_input(block) else 0
    placed = architecture.with_nodes([*nodes[:place], node, *nodes[place:]])
    return placed if target is None else connect(placed, node.id, target)
