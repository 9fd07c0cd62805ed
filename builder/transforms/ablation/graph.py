"""A graph of nodes, of a network or of a module's inside, and what is cut out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from builder.blocks.base import Layer
from builder.network.architecture import Node


@dataclass(frozen=True)
class Graph:
    """Nodes that read each other, and tensors that come in from outside.

    Attributes:
        nodes: Each behind its inputs.
        outputs: The ids of the nodes whose outputs are the graph's own; where a part that was taken
            out handed its input through, the name of a tensor that comes in.
        is_end: Whether the graph's output is the network's.
        layers: The layers that each node applies, those of modules and repetitions too; of a node
            that is not there its layers are not known.
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
        """For each node and tensor itself and all that it depends on, tensors included."""
        found: dict[str, frozenset[str]] = {}
        for node in self.nodes:
            own = {node.id}
            for source in node.inputs:
                own |= found.setdefault(source, frozenset((source,)))
            found[node.id] = frozenset(own)
        return found

    def only_reader(self, node_id: str) -> Node | None:
        """The one node that reads a node that is no output; None where there is another number."""
        readers = self.readers.get(node_id, ())
        return readers[0] if len(readers) == 1 and node_id not in self.outputs else None

    def bypassed(self, node_id: str, source: str) -> "Graph":
        """The graph without a node: what read it reads another one, or a tensor."""
        return self.rewired({node_id: source}).pruned({node_id})

    def rewired(self, heirs: Mapping[str, str]) -> "Graph":
        """The graph in which other nodes are read in the place of some."""
        nodes = (
            replace(node, inputs=tuple(heirs.get(source, source) for source in node.inputs))
            if any(source in heirs for source in node.inputs)
            else node
            for node in self.nodes
        )
        outputs = tuple(heirs.get(node_id, node_id) for node_id in self.outputs)
        return replace(self, nodes=tuple(nodes), outputs=outputs)

    def with_node(self, node: Node) -> "Graph":
        """The graph with a node in the place of the one that has its id."""
        nodes = tuple(node if known.id == node.id else known for known in self.nodes)
        return replace(self, nodes=nodes)

    def pruned(self, unread: Iterable[str]) -> "Graph":
        """The graph without some nodes as far as nothing reads them, nor what only they read.

        Args:
            unread: The ids of nodes that were cut off; others that nothing reads stay as they are.
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
