"""Carries what is known of a tensor from the inputs of a network through all of its layers."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from builder.blocks.symbolic import LayerFacts

if TYPE_CHECKING:
    from builder.network.inference import NodeInference

T = TypeVar("T")

Step = Callable[["NodeInference", LayerFacts, tuple[T, ...]], T]
"""What is known behind a layer: of the node that it belongs to, its facts, and its inputs."""


def propagate(nodes: Iterable["NodeInference"], step: Step[T]) -> dict[str, T]:
    """Follows the layers of all nodes in use, repetitions and the inside of modules included.

    Args:
        nodes: Those of a network without errors that are used, each behind its inputs.
        step: Called once for each layer, behind those that it reads. An input has no inputs.

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
