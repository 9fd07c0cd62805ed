"""Architectures taken apart into single layers, as they come out of a file."""

from builder.network.architecture import Architecture, Node
from builder.network.inference import infer


def flattened(architecture: Architecture) -> Architecture:
    """The same network with a node for each layer, in the order of creation; without names."""
    nodes: list[Node] = []
    outputs: dict[str, str] = {}
    for known in infer(architecture).used:
        ports = [outputs[source] for source in known.node.inputs]
        for traced in known.traces:
            made: list[str] = []
            for call in traced.calls:
                read = (made[i] if i >= 0 else ports[-1 - i] for i in call.inputs)
                node = Node(f"n{len(nodes)}", call.facts.layer, tuple(read))
                nodes.append(node)
                made.append(node.id)
            ports = [made[traced.output]]
        outputs[known.node.id] = ports[0]
    ends = tuple(outputs[end] for end in architecture.output_ids)
    return architecture.with_nodes_for(nodes, outputs).with_outputs(ends, architecture.output_keys)
