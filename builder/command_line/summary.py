"""A network's summary as plain values: what `summary --json` prints."""

from typing import Any

from builder.blocks.costs import format_shape
from builder.network.inference import Inference, NodeInference


def summary(inference: Inference, *, layers: bool = False) -> dict[str, Any]:
    """Collects what is known about a network.

    Shapes are lists without the batch axis, memory is in bytes, a receptive field is its longer
    side in pixels of the input. What is not known is None.

    Args:
        inference: The network.
        layers: Whether every inner Keras layer is listed too, in creation order.
    """
    shapes = inference.input_shapes
    content: dict[str, Any] = {
        "name": inference.architecture.name,
        "input_shape": list(shapes[0]) if shapes else None,
        "output_shapes": [list(shape) if shape else None for shape in inference.output_shapes],
        "total_params": inference.total_params,
        "trainable_params": inference.trainable_params,
        "macs": inference.macs,
        "issues": [str(issue) for issue in inference.issues if not issue.node],
        "nodes": [_node(inference.nodes[node.id]) for node in inference.architecture],
    }
    if layers:
        content["layers"] = [
            {
                "class": call.facts.layer.class_name(),
                "output_shape": list(call.facts.output_shape),
                "params": call.facts.params,
            }
            for node in inference.in_model
            for call in node.layers
        ]
    return content


def summary_rows(inference: Inference) -> list[tuple[str, str, str, str, str]]:
    """One row per node for a table: name, block, output shape, parameters, MACs.

    Where the shape is unknown, so are the costs.
    """
    rows: list[tuple[str, str, str, str, str]] = []
    for node in inference.architecture:
        known = inference.nodes[node.id]
        times = f" ×{node.repeat}" if node.repeat > 1 else ""
        shape, params, macs = "?", "–", "–"
        if known.output_shape is not None:
            shape, params, macs = (
                format_shape(known.output_shape),
                f"{known.params:,}",
                f"{known.macs:,}",
            )
        block = f"{node.block.type_name()} {node.block.describe()}".rstrip()
        rows.append((f"{node.label}{times}", block, shape, params, macs))
    return rows


def _node(known: NodeInference) -> dict[str, Any]:
    field = known.receptive_field
    return {
        "id": known.node.id,
        "name": known.node.name,
        "block": known.node.block.type_name(),
        "inputs": list(known.node.inputs),
        "repeat": known.node.repeat,
        "output_shape": list(known.output_shape) if known.output_shape else None,
        "params": known.params,
        "macs": known.macs,
        "activation_bytes": known.activation_bytes,
        "receptive_field": max(field) if field else None,
        "issues": [
            {"level": issue.level, "message": issue.message, "fix": issue.fix}
            for issue in known.issues
        ],
    }
