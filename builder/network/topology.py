"""The graph of an architecture: order, cycles and what depends on what. No blocks, no shapes."""

from collections import Counter
from collections.abc import Iterable
from graphlib import TopologicalSorter
from heapq import heapify, heappop, heappush

from builder.network.architecture import Architecture, Node


def order(architecture: Architecture, cyclic: Iterable[str] = ()) -> tuple[Node, ...]:
    """The nodes, each after its inputs, otherwise as in the stack.

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
    ready = [position[node_id] for node_id in sorter.get_ready()]
    heapify(ready)
    while ready:
        node = architecture.nodes[heappop(ready)]
        result.append(node)
        sorter.done(node.id)
        for node_id in sorter.get_ready():
            heappush(ready, position[node_id])
    return tuple(result)


def cyclic_nodes(architecture: Architecture) -> frozenset[str]:
    """The ids of all nodes on a cycle.

    They are those of the strongly connected components, found by Kosaraju's algorithm, in time
    proportional to the size of the graph.
    """
    if _stack_is_ordered(architecture):
        return frozenset()
    component: dict[str, str] = {}
    for root in reversed(_inputs_first(architecture)):
        waiting = [root]
        while waiting:
            node_id = waiting.pop()
            if node_id not in component:
                component[node_id] = root
                waiting += architecture.consumers[node_id]
    size = Counter(component.values())
    return frozenset(
        node.id for node in architecture if size[component[node.id]] > 1 or node.id in node.inputs
    )


def used_nodes(architecture: Architecture) -> frozenset[str]:
    """The ids of the nodes that the model consists of.

    These are the outputs and what they depend on, and the listed inputs: a model may have an input
    that it does not read.
    """
    return ancestors(architecture, (*architecture.output_ids, *architecture.inputs))


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


def dependents(architecture: Architecture, node_id: str) -> frozenset[str]:
    """The ids of a node and of everything that reads it, directly or not."""
    found: set[str] = set()
    waiting = [node_id]
    while waiting:
        reader = waiting.pop()
        if reader not in found:
            found.add(reader)
            waiting += architecture.consumers[reader]
    return frozenset(found)


def _inputs_first(architecture: Architecture) -> list[str]:
    """The ids of all nodes, each after its inputs as far as there are no cycles."""
    result: list[str] = []
    seen: set[str] = set()
    for node in architecture.nodes:
        waiting = [(node.id, iter(node.inputs))] if node.id not in seen else []
        seen.add(node.id)
        while waiting:
            node_id, sources = waiting[-1]
            for source in sources:
                if source in architecture and source not in seen:
                    seen.add(source)
                    waiting.append((source, iter(architecture.by_id[source].inputs)))
                    break
            else:
                waiting.pop()
                result.append(node_id)
    return result


def _stack_is_ordered(architecture: Architecture) -> bool:
    seen: set[str] = set()
    for node in architecture.nodes:
        if not seen.issuperset(node.inputs):
            return False
        seen.add(node.id)
    return True
