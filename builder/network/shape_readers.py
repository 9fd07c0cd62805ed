"""Nodes whose values no output depends on, though something reads them.

`nasnet_adjust(previous, x)` asks `x` for its size only. Where nothing else reads `x`, the code of
the model makes its layers, and Keras finds no way from them to an output.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.network.inference import NodeInference


def read_by_shape_only(
    outputs: Iterable[str], nodes: Mapping[str, "NodeInference"]
) -> frozenset[str]:
    """The ids of the nodes on whose values no output depends.

    Args:
        outputs: The ids of the output nodes.
        nodes: What is known of each node; one without a trace counts as reading everything.

    Returns:
        Nothing where every node reads the values of all its inputs, as nearly always.
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
