"""Chains of blocks that each read the two outputs before them, as NASNet's cells do.

Such a chain becomes a loop that carries both: `x, previous = cell(x, previous, 44), x`. A node's
`repeat` could not express it, since the node after the chain reads the last two outputs, and a node
has only one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from builder.network.architecture import Node

CARRIED = ("x", "previous")
"""The variables with the last output of a chain and the one before it."""


@dataclass(frozen=True)
class Chain:
    """Neighboring nodes, each reading the one before it and that one's first input.

    Attributes:
        start: The place of its first node.
        length: Number of its nodes, at least two.
        leaves_both: Whether `x` and `previous` still hold its last two outputs wherever those are
            read; otherwise they get their own variables.
    """

    start: int
    length: int
    leaves_both: bool

    @property
    def end(self) -> int:
        """The place after its last node."""
        return self.start + self.length


def find_chains(nodes: Sequence[Node], outputs: Sequence[str]) -> Mapping[int, Chain]:
    """Finds all chains of a network, by their start.

    Args:
        nodes: In the order in which they are written.
        outputs: The ids of the network's output nodes.
    """
    readers: dict[str, set[int]] = {}
    for place, node in enumerate(nodes):
        for source in node.inputs:
            readers.setdefault(source, set()).add(place)
    lengths: dict[int, int] = {}
    place = 0
    while place < len(nodes):
        length = _length(nodes, place, readers, outputs)
        if length > 1:
            lengths[place] = length
        place += length
    return {
        start: Chain(start, length, _leaves_both(nodes, start + length, readers, outputs, lengths))
        for start, length in lengths.items()
    }


def _length(
    nodes: Sequence[Node],
    start: int,
    readers: Mapping[str, set[int]],
    outputs: Sequence[str],
) -> int:
    """How many nodes from `start` one loop can write."""
    first = nodes[start]
    if first.block.max_inputs != 2 or first.name or len(first.inputs) != 2:
        return 1
    end = start + 1
    while end < len(nodes):
        node, before = nodes[end], nodes[end - 1]
        if node.block != first.block or node.name:
            break
        if node.inputs != (before.id, before.inputs[0]):
            break
        if end - start >= 2:  # the node before the last drops out of what the loop carries
            dropped = nodes[end - 2].id
            if dropped in outputs or readers[dropped] - {end - 1, end}:
                break
        end += 1
    return end - start


def _leaves_both(
    nodes: Sequence[Node],
    end: int,
    readers: Mapping[str, set[int]],
    outputs: Sequence[str],
    lengths: Mapping[int, int],
) -> bool:
    """Whether the two last outputs are read before anything else can take their variables.

    That is by the node or the chain right behind, or by a chain right behind that node. Such a
    chain reads the node twice, or reads no further back than here; so the node does not take `x`.
    """
    last, before = nodes[end - 1].id, nodes[end - 2].id
    if last in outputs or before in outputs:
        return False
    outside = (readers.get(last, set()) | readers[before]) - {end - 1}
    if outside <= {end} or (outside <= {end, end + 1} and end in lengths):
        return True
    return outside <= {end, end + 1} and end + 1 in lengths
