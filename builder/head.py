"""What a network ends in, and edits that fit its two ends to a data set."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from builder.architecture import Architecture, Node
from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.blocks.types import Role, Shape
from builder.edits import add, set_parameters
from builder.errors import BuilderError
from builder.inference import Inference, NodeInference, infer
from builder.stages import values_of

_OF_CLASSES = ("softmax", "sigmoid")
"""Activations that only a head has: their outputs are probabilities."""


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
    """Gives the network a head of that many units: changes the one that it has, or adds one.

    The head is the last block that chooses a number of channels, a layer or a module, if what
    stands behind it makes classes of them: it ends in a Dense layer, or the network ends in softmax
    or sigmoid. The activation is set where it stands. To a network without a head a Dense layer is
    added, behind GlobalAveragePooling2D where the output is an image.
    """
    changed = _change_head(architecture, units, activation)
    if changed is not None:
        return changed
    return _add_head(architecture, architecture.output_ids[0], units, activation)


def _change_head(
    architecture: Architecture, units: int, activation: str | None
) -> Architecture | None:
    """The network with another head in place of its own; None where it has none to change."""
    way = _way_to_width(architecture)
    inference = infer(architecture)
    if not way or not _gives_classes(inference, way):
        return None
    node = way[-1]
    for parameter in node.block.parameters():
        if parameter.role is not Role.WIDTH:
            continue
        try:
            changed = set_parameters(architecture, node.id, {parameter.name: units})
        except BuilderError:
            continue
        if infer(changed).output_shapes == ((units,),):
            return _set_activation(changed, [node.id for node in way], activation)
    return None


def _way_to_width(architecture: Architecture) -> list[Node]:
    """The nodes from the output back to the last one that chooses a number of channels.

    Empty where the way forks, and where that node is repeated.
    """
    way: list[Node] = []
    node_id = architecture.output_ids[0]
    while node_id in architecture and len(way) < len(architecture.nodes):
        node = architecture.by_id[node_id]
        way.append(node)
        if values_of(node.block, Role.WIDTH):
            return way if node.repeat == 1 else []
        if len(node.inputs) != 1:
            break
        (node_id,) = node.inputs
    return []


def _gives_classes(inference: Inference, way: list[Node]) -> bool:
    output, last = inference.nodes[way[0].id], inference.nodes[way[-1].id]
    if not output.traces or not last.traces:
        return False
    weighted = [call.facts.layer for call in last.layers if call.facts.weights]
    ends_in_dense = bool(weighted) and weighted[-1].type_name() == "Dense"
    return ends_in_dense or _activation(output) in _OF_CLASSES


def _set_activation(
    architecture: Architecture, way: list[str], activation: str | None
) -> Architecture:
    """Sets the activation where one of these nodes has it, from the output on; else behind them."""
    for node_id in way:
        block = architecture.by_id[node_id].block
        if not any(parameter.name == "activation" for parameter in block.parameters()):
            continue
        for value in (activation, activation or "linear"):  # an Activation layer is never without
            try:
                changed = set_parameters(architecture, node_id, {"activation": value})
            except BuilderError:
                continue
            if _ends_in(changed, activation):
                return changed
    if _ends_in(architecture, activation):
        return architecture
    made = block_type("Activation").create({"activation": activation or "linear"})
    return _add(architecture, way[0], [made])


def _ends_in(architecture: Architecture, activation: str | None) -> bool:
    found = head(infer(architecture))
    return found is not None and found.activation == activation


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
    blocks = [block_type("Dense").create({"units": units, "activation": activation})]
    if len(shape) == 3:
        blocks.insert(0, block_type("GlobalAveragePooling2D").create({}))
    return _add(architecture, output, blocks)


def _add(architecture: Architecture, output: str, blocks: Iterable[Block]) -> Architecture:
    """Puts blocks behind the output; the last of them becomes the output."""
    for block in blocks:
        known = set(architecture.by_id)
        architecture = add(architecture, block, output)
        output = next(node.id for node in architecture if node.id not in known)
    return replace(architecture, outputs=(output,) if architecture.outputs else ())


def _activation(node: NodeInference) -> str | None:
    last = node.traces[-1]
    layer = last.calls[last.output].facts.layer
    name = getattr(layer, "activation", None)
    return None if name == "linear" else name
