"""Where nodes stand and what they read: the steps that edits are made of."""

from dataclasses import replace

from builder.blocks.base import Block
from builder.network.architecture import MAX_NODES, Architecture, Node
from builder.network.connections import takes_input
from builder.network.edit_codes import EditCode
from builder.network.topology import dependents
from builder.system.errors import EditError

MAX_DIGITS = 8
"""The most digits of a trailing number that counting continues from, so that ids stay short."""


def new_id(architecture: Architecture, block: Block) -> str:
    """The next automatic id for a block: its prefix and one more than the highest number in use."""
    prefix = block.prefix() + "_"
    taken = {name for node in architecture for name in (node.id, node.name)}
    ends = [name.removeprefix(prefix) for name in taken if name.startswith(prefix)]
    numbers = [int(end) for end in ends if end.isdecimal() and len(end) < MAX_DIGITS]
    number = max(numbers, default=0) + 1
    while f"{prefix}{number}" in taken:
        number += 1
    return f"{prefix}{number}"


def splice(architecture: Architecture, node: Node, after: str | None) -> Architecture:
    """Places a node after another one, which becomes its first input.

    If the next row read that other node, it reads the new one now.

    Args:
        architecture: What is edited.
        node: The new node; its inputs follow the new first one.
        after: The id of the node to place it after; None for the end, or the top for an Input.

    Raises:
        EditError: There is no such node, or the architecture is full.
    """
    check_room(architecture)
    nodes = list(architecture.nodes)
    if not takes_input(node.block):
        place = 0 if after is None else architecture.index(find(architecture, after).id) + 1
        return architecture.with_nodes([*nodes[:place], node, *nodes[place:]])
    if after is None:
        if not nodes:
            return architecture.with_nodes([node])
        after = nodes[-1].id
    find(architecture, after)
    place = architecture.index(after) + 1
    others = tuple(source for source in node.inputs if source != after)
    node = replace(node, inputs=(after, *others))
    if place < len(nodes) and after in nodes[place].inputs:
        nodes[place] = rewire(nodes[place], after, (node.id,))
    return architecture.with_nodes([*nodes[:place], node, *nodes[place:]])


def rewire(node: Node, source: str, heirs: tuple[str, ...]) -> Node:
    """Replaces `source` in the node's inputs with `heirs`; drops duplicates."""
    if source not in node.inputs:
        return node
    inputs: list[str] = []
    for existing in node.inputs:
        new = heirs if existing == source else (existing,)
        inputs += [heir for heir in new if existing != source or heir not in node.inputs]
    return replace(node, inputs=tuple(inputs))


def port_reading(node: Node, source: str, port: int) -> int | None:
    """Which input of a node reads a source; None where none does.

    Args:
        node: The node that reads.
        source: The id of the node that is read.
        port: Which input is meant, from 0, where several read it. The nearest one is taken: an edit
            made just before may have moved it up.
    """
    ports = [place for place, existing in enumerate(node.inputs) if existing == source]
    return min(ports, key=lambda place: abs(place - port), default=None)


def below(architecture: Architecture, upper: str, lower: str) -> Architecture:
    """Moves a node and its dependents below another one, unless they are below it already."""
    nodes = architecture.nodes
    place, end = architecture.index(lower), architecture.index(upper)
    if place > end:
        return architecture
    dependent = dependents(architecture, lower)
    span = nodes[place : end + 1]
    stays = [node for node in span if node.id not in dependent]
    moves = [node for node in span if node.id in dependent]
    return architecture.with_nodes([*nodes[:place], *stays, *moves, *nodes[end + 1 :]])


def with_node(architecture: Architecture, node: Node) -> Architecture:
    """The architecture with a node in place of the one with the same id."""
    return architecture.with_nodes(
        [node if existing.id == node.id else existing for existing in architecture.nodes]
    )


def find(architecture: Architecture, node_id: str) -> Node:
    """Looks up a node.

    Raises:
        EditError: There is no such node.
    """
    try:
        return architecture.by_id[node_id]
    except KeyError:
        raise EditError(EditCode.NO_SUCH_NODE, node=node_id) from None


def check_room(architecture: Architecture) -> None:
    """Refuses an architecture that cannot take one more node.

    Raises:
        EditError: It is full.
    """
    if len(architecture.nodes) >= MAX_NODES:
        raise EditError(EditCode.NETWORK_FULL, most=MAX_NODES)
