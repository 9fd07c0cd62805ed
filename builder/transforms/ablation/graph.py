"""A graph of nodes, of a network or of a module's inside, and how nodes are cut out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from builder.blocks.base import Layer
from builder.network.architecture import Node


@dataclass(frozen=True)
class Graph:
    """Nodes that read each other and input tensors.

    Attributes:
        nodes: Each after its inputs.
        outputs: The ids of the output nodes; the name of an input tensor where a part was taken out
            that led from it to the output.
        is_end: Whether the graph's output is the network's.
        layers: The layers that each node applies, including those of modules and repetitions; a
            node whose layers are unknown is missing.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    is_end: bool
    layers: Mapping[str, tuple[Layer, ...]] = field(compare=False)

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def readers(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes that read each node or tensor."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for source in dict.fromkeys(node.inputs):
                found.setdefault(source, []).append(node)
        return {source: tuple(nodes) for source, nodes in found.items()}

    @cached_property
    def ancestors(self) -> Mapping[str, frozenset[str]]:
        """For each node and tensor: itself and everything that it depends on."""
        found: dict[str, frozenset[str]] = {}
        for node in self.nodes:
            own = {node.id}
            for source in node.inputs:
                own |= found.setdefault(source, frozenset((source,)))
            found[node.id] = frozenset(own)
        return found

    def only_reader(self, node_id: str) -> Node | None:
        """The only reader of a node that is not an output; None if there is none or several."""
        readers = self.readers.get(node_id, ())
        return readers[0] if len(readers) == 1 and node_id not in self.outputs else None

    def bypassed(self, node_id: str, source: str) -> "Graph":
        """The graph without a node, whose readers read `source` instead."""
        return self.rewired({node_id: source}).pruned({node_id})

    def rewired(self, heirs: Mapping[str, str]) -> "Graph":
        """The graph in which each key of `heirs` is replaced by its value wherever it is read."""
        nodes = (
            replace(node, inputs=tuple(heirs.get(source, source) for source in node.inputs))
            if any(source in heirs for source in node.inputs)
            else node
            for node in self.nodes
        )
        outputs = tuple(heirs.get(node_id, node_id) for node_id in self.outputs)
        return replace(self, nodes=tuple(nodes), outputs=outputs)

    def with_node(self, node: Node) -> "Graph":
        """The graph with a node in place of the one with the same id."""
        nodes = tuple(node if known.id == node.id else known for known in self.nodes)
        return replace(self, nodes=nodes)

    def pruned(self, unread: Iterable[str]) -> "Graph":
        """The graph without those of the given nodes that are unread, and what only they read.

        Args:
            unread: The ids of nodes that may be unread now; other unread nodes stay.
        """
        waiting = list(unread)
        gone: set[str] = set()
        while waiting:
            node_id = waiting.pop()
            read = any(node.id not in gone for node in self.readers.get(node_id, ()))
            if node_id in gone or node_id not in self.by_id or read or node_id in self.outputs:
                continue
            gone.add(node_id)
            waiting += self.by_id[node_id].inputs
        return replace(self, nodes=tuple(node for node in self.nodes if node.id not in gone))
