"""The graph of an architecture: order, cycles and what depends on what. No blocks, no shapes."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from builder.architecture import Architecture, Node


def order(architecture: Architecture, cyclic: Iterable[str] = ()) -> tuple[Node, ...]:
    """The nodes such that each stands behind its inputs, else as in the stack.

    Args:
        architecture: The graph.
        cyclic: Nodes whose inputs are not followed, so that a graph with cycles has an order too.
    """
    if _stack_is_ordered(architecture):
        return architecture.nodes
    cut = set(cyclic)
    position = {node.id: place for place, node in enumerate(architecture.nodes)}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for node in architecture.nodes:
        sources = () if node.id in cut else [s for s in node.inputs if s in position]
        sorter.add(node.id, *sources)
    sorter.prepare()
    result: list[Node] = []
    ready = sorted(sorter.get_ready(), key=position.__getitem__, reverse=True)
    while ready:
        node_id = ready.pop()
        result.append(architecture.by_id[node_id])
        sorter.done(node_id)
        ready = sorted([*ready, *sorter.get_ready()], key=position.__getitem__, reverse=True)
    return tuple(result)


def cyclic_nodes(architecture: Architecture) -> frozenset[str]:
    """The ids of all nodes that stand on a cycle."""
    if _stack_is_ordered(architecture):
        return frozenset()
    found: set[str] = set()
    while True:
        graph = {n.id: () if n.id in found else n.inputs for n in architecture.nodes}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            found.update(error.args[1])
        else:
            return frozenset(found)


def used_nodes(architecture: Architecture) -> frozenset[str]:
    """The ids of the nodes that an output depends on, the outputs included."""
    return ancestors(architecture, architecture.output_ids)


def ancestors(architecture: Architecture, node_ids: Iterable[str]) -> frozenset[str]:
    """The ids of the given nodes and of everything that they read, directly or not."""
    found: set[str] = set()
    waiting = [node_id for node_id in node_ids if node_id in architecture]
    while waiting:
        node_id = waiting.pop()
        if node_id not in found:
            found.add(node_id)
            waiting += [s for s in architecture.by_id[node_id].inputs if s in architecture]
    return frozenset(found)


def _stack_is_ordered(architecture: Architecture) -> bool:
    seen: set[str] = set()
    for node in architecture.nodes:
        if not seen.issuperset(node.inputs):
            return False
        seen.add(node.id)
    return True
