"""Follows a network: facts forward from its inputs, and dependence back from its outputs."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from builder.blocks.trace_record import LayerFacts

if TYPE_CHECKING:
    from builder.network.inference import NodeInference

T = TypeVar("T")

Step = Callable[["NodeInference", LayerFacts, tuple[T, ...]], T]
"""Computes what is known after a layer from its node, its facts, and what is known before it."""


def propagate(nodes: Iterable["NodeInference"], step: Step[T]) -> dict[str, T]:
    """Carries what is known of a tensor through the layers of all nodes in use.

    Repetitions and modules are followed as well.

    Args:
        nodes: The used nodes of a network without errors, each after its inputs.
        step: Called once for each layer, after those that it reads. An input has no inputs.

    Returns:
        What is known of each node's output, by the node's id.
    """
    known: dict[str, T] = {}
    for node in nodes:
        inputs = tuple(known[source] for source in node.node.inputs)
        for trace in node.traces:
            inner: list[T] = []
            for call in trace.calls:
                read = (inner[i] if i >= 0 else inputs[-1 - i] for i in call.inputs)
                inner.append(step(node, call.facts, tuple(read)))
            inputs = (inner[trace.output],)
        known[node.node.id] = inputs[0]
    return known


def read_by_shape_only(
    outputs: Iterable[str], nodes: Mapping[str, "NodeInference"]
) -> frozenset[str]:
    """The ids of the nodes whose values no output depends on, though they may be read.

    `nasnet_adjust(previous, x)` reads only the size of `x`. Where nothing else reads `x`, the code
    of the model makes its layers, but Keras finds no path from them to an output.

    Args:
        outputs: The ids of the output nodes.
        nodes: What is known of each node; one without a trace counts as reading everything.

    Returns:
        Nothing where every node reads the values of all its inputs, which is nearly always so.
    """
    if not any(known.traces and None in known.traces[0].reaches for known in nodes.values()):
        return frozenset()
    waiting = [node_id for node_id in outputs if node_id in nodes]
    reached = {*waiting}
    while waiting:
        known = nodes[waiting.pop()]
        reaches = known.traces[0].reaches if known.traces else (True,) * len(known.node.inputs)
        for source, reach in zip(known.node.inputs, reaches, strict=True):
            if reach is not None and source in nodes and source not in reached:
                reached.add(source)
                waiting.append(source)
    return frozenset(nodes.keys() - reached)
