"""What a network ends in, and edits that fit its two ends to a data set."""

from dataclasses import dataclass, replace

from builder.architecture import Architecture
from builder.blocks.catalogue import block_type
from builder.blocks.types import Shape
from builder.edits import add, set_parameters
from builder.inference import Inference, NodeInference, infer


@dataclass(frozen=True)
class Head:
    """The single output of a network.

    Attributes:
        output_shape: Without the batch axis.
        activation: Of the last layer; None for a linear one, whose outputs are logits.
    """

    output_shape: Shape
    activation: str | None


def head(inference: Inference) -> Head | None:
    """Reads the head of a network; None where it has errors or several outputs."""
    outputs = inference.architecture.output_ids
    if not inference.ok or len(outputs) != 1:
        return None
    node = inference.nodes[outputs[0]]
    assert node.output_shape is not None
    return Head(node.output_shape, _activation(node))


def has_rescaling(inference: Inference) -> bool:
    """Whether the network itself brings its pixels to a small range."""
    return any(
        call.facts.layer.type_name() == "Rescaling"
        for node in inference.used
        for call in node.layers
    )


def adapt_head(architecture: Architecture, units: int, activation: str | None) -> Architecture:
    """Gives the network a head of that many units: changes its last Dense, or adds one.

    An Activation behind the last Dense takes the new activation instead of it. An image is averaged
    by GlobalAveragePooling2D before an added Dense.
    """
    output = architecture.by_id[architecture.output_ids[0]]
    dense = output
    if output.block.type_name() == "Activation" and output.inputs:
        dense = architecture.by_id[output.inputs[0]]
    if dense.block.type_name() != "Dense":
        return _add_head(architecture, output.id, units, activation)
    if dense is output:
        values = {"units": units, "activation": activation}
        return set_parameters(architecture, dense.id, values)
    changed = set_parameters(architecture, dense.id, {"units": units})
    return set_parameters(changed, output.id, {"activation": activation or "linear"})


def add_rescaling(architecture: Architecture) -> Architecture:
    """Places a Rescaling of 1/255 right behind the first Input."""
    source = next(node for node in architecture if node.block.max_inputs == 0)
    readers = architecture.consumers[source.id]
    placed = add(architecture, block_type("Rescaling").create({}), source.id)
    rescaling = next(node for node in placed if node.id not in architecture)
    for reader in readers:
        inputs = tuple(rescaling.id if i == source.id else i for i in placed.by_id[reader].inputs)
        placed = _with_inputs(placed, reader, inputs)
    return placed


def _with_inputs(architecture: Architecture, node_id: str, inputs: tuple[str, ...]) -> Architecture:
    return architecture.with_nodes(
        [replace(node, inputs=inputs) if node.id == node_id else node for node in architecture]
    )


def _add_head(
    architecture: Architecture, output: str, units: int, activation: str | None
) -> Architecture:
    shape = infer(architecture).nodes[output].output_shape or ()
    head = [block_type("Dense").create({"units": units, "activation": activation})]
    if len(shape) == 3:
        head.insert(0, block_type("GlobalAveragePooling2D").create({}))
    for block in head:
        known = set(architecture.by_id)
        architecture = add(architecture, block, output)
        output = next(node.id for node in architecture if node.id not in known)
    return replace(architecture, outputs=(output,) if architecture.outputs else ())


def _activation(node: NodeInference) -> str | None:
    last = node.traces[-1]
    layer = last.calls[last.output].facts.layer
    name = getattr(layer, "activation", None)
    return None if name == "linear" else name
