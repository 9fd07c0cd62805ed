"""Edits that give a network a head for so many classes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.blocks.parameter import Role
from builder.blocks.probabilities import made_by
from builder.custom_blocks.grouping import unpack
from builder.network.architecture import Architecture, Node
from builder.network.edits import add, set_parameters
from builder.network.inference import Inference, NodeInference, infer
from builder.network.own_block import OwnBlock
from builder.system.errors import BuilderError
from builder.transforms.head import head, last_activation, probabilities
from builder.transforms.stems import values_of


@dataclass(frozen=True)
class _Ends:
    """The nodes that determine the classes, seen from the output.

    Attributes:
        widths: The last nodes that choose a number of channels, one on each path.
        behind: The nodes between them and the output, including the output; the nearest to it
            first.
    """

    widths: tuple[Node, ...]
    behind: tuple[Node, ...]

    @property
    def all(self) -> tuple[Node, ...]:
        """All of these nodes, from the output on."""
        return (*self.behind, *self.widths)


def adapt_head(architecture: Architecture, units: int, activation: str | None) -> Architecture:
    """Gives the network a head with that many units: changes the existing one or adds one.

    The head is the last block that chooses a number of channels, a layer or a module, if these
    become classes: it ends in a Dense layer, or the network outputs probabilities. Where several
    such blocks meet, as in the average of two classifiers, all of them are changed. The activation
    is set where it is. An own block that does not expose its head is unpacked. A network without a
    head gets a Dense layer, after GlobalAveragePooling2D if the output is an image.
    """
    changed = _change_head(architecture, units, activation)
    if changed is not None:
        return changed
    opened = _opened(architecture)
    if opened is not None:
        return adapt_head(opened, units, activation)
    ends = _ends(architecture)
    if ends is not None:
        architecture = _made_linear(architecture, _makers(ends))
    return _add_head(architecture, architecture.output_ids[0], units, activation)


def _change_head(
    architecture: Architecture, units: int, activation: str | None
) -> Architecture | None:
    """The network with another head in place of its own; None where it has none to change."""
    ends = _ends(architecture)
    inference = infer(architecture)
    if ends is None or not _gives_classes(inference, ends):
        return None
    changed = architecture
    for node in ends.widths:
        resized = _resized(changed, node, units)
        if resized is None:
            return None
        changed = resized
    if infer(changed).output_shapes != ((units,),):
        return None
    return _set_activation(changed, ends, activation)


def _resized(architecture: Architecture, node: Node, units: int) -> Architecture | None:
    """The network with a node that outputs so many channels; None if no parameter sets that."""
    for parameter in node.block.parameters():
        if parameter.role is not Role.WIDTH:
            continue
        try:
            changed = set_parameters(architecture, node.id, {parameter.name: units})
        except BuilderError:
            continue
        shape = infer(changed).nodes[node.id].output_shape
        if shape and shape[-1] == units:
            return changed
    return None


def _ends(architecture: Architecture) -> _Ends | None:
    """The paths from the output back to the last nodes that choose a number of channels.

    None where a path leads to none, and where such a node is repeated.
    """
    widths: dict[str, Node] = {}
    behind: dict[str, Node] = {}
    waiting = [architecture.output_ids[0]]
    while waiting:
        node_id = waiting.pop(0)
        if node_id in widths or node_id in behind:
            continue
        if node_id not in architecture:
            return None
        node = architecture.by_id[node_id]
        if values_of(node.block, Role.WIDTH):
            if node.repeat > 1:
                return None
            widths[node_id] = node
        elif not node.inputs:
            return None
        else:
            behind[node_id] = node
            waiting += node.inputs
    return _Ends(tuple(widths.values()), tuple(behind.values()))


def _gives_classes(inference: Inference, ends: _Ends) -> bool:
    output = ends.all[0].id
    if not inference.nodes[output].traces:
        return False
    if all(_ends_in_dense(inference.nodes[node.id]) for node in ends.widths):
        return True
    return _makes_probabilities(inference, output)


def _ends_in_dense(node: NodeInference) -> bool:
    weighted = [call.facts.layer for call in node.layers if call.facts.weights]
    return bool(weighted) and weighted[-1].type_name() == "Dense"


def _makes_probabilities(inference: Inference, node_id: str) -> bool:
    if inference.ok:
        return probabilities(inference)[node_id] is not None
    return made_by(last_activation(inference.nodes[node_id])) is not None


def _opened(architecture: Architecture) -> Architecture | None:
    """The network with the own block that makes its probabilities unpacked; None without one."""
    inference = infer(architecture)
    if not inference.ok:
        return None
    kinds = probabilities(inference)
    node = architecture.by_id[architecture.output_ids[0]]
    while kinds[node.id] is not None:
        if isinstance(node.block, OwnBlock):
            return unpack(architecture, node.id)
        if len(node.inputs) != 1:
            return None
        node = architecture.by_id[node.inputs[0]]
    return None


def _set_activation(
    architecture: Architecture, ends: _Ends, activation: str | None
) -> Architecture:
    """Sets the activation where these nodes have it, from the output on, otherwise after them.

    Nodes that made probabilities become linear first, so that no softmax follows another.
    """
    makers = _makers(ends)
    linear = _made_linear(architecture, makers)
    places = (
        [node for node in makers if node in ends.behind],
        [node for node in makers if node in ends.widths],
        makers,
        *([node] for node in ends.behind),
        ends.widths,
    )
    for nodes in places:
        changed = _with_activation(linear, nodes, activation)
        if changed is not None and _ends_in(changed, activation):
            return changed
    made = block_type("Activation").create({"activation": activation or "linear"})
    return _add(linear, ends.all[0].id, [made])


def _makers(ends: _Ends) -> list[Node]:
    """The nodes whose own activation makes probabilities."""
    return [node for node in ends.all if made_by(getattr(node.block, "activation", None))]


def _made_linear(architecture: Architecture, nodes: Iterable[Node]) -> Architecture:
    for node in nodes:
        architecture = _with_activation(architecture, [node], None) or architecture
    return architecture


def _with_activation(
    architecture: Architecture, nodes: Sequence[Node], activation: str | None
) -> Architecture | None:
    """The network with nodes that have this activation; None where one of them cannot have it."""
    for node in nodes:
        if not any(parameter.name == "activation" for parameter in node.block.parameters()):
            return None
        for value in (activation, activation or "linear"):  # an Activation layer always has one
            try:
                architecture = set_parameters(architecture, node.id, {"activation": value})
                break
            except BuilderError:
                continue
        else:
            return None
    return architecture


def _ends_in(architecture: Architecture, activation: str | None) -> bool:
    found = head(infer(architecture))
    return found is not None and found.activation == activation


def _add_head(
    architecture: Architecture, output: str, units: int, activation: str | None
) -> Architecture:
    shape = infer(architecture).nodes[output].output_shape or ()
    blocks = [block_type("Dense").create({"units": units, "activation": activation})]
    if len(shape) == 3:
        blocks.insert(0, block_type("GlobalAveragePooling2D").create({}))
    return _add(architecture, output, blocks)


def _add(architecture: Architecture, output: str, blocks: Iterable[Block]) -> Architecture:
    """Places blocks after the output; the last of them becomes the output."""
    for block in blocks:
        known = set(architecture.by_id)
        architecture = add(architecture, block, output)
        output = next(node.id for node in architecture if node.id not in known)
    outputs = (output, *architecture.outputs[1:]) if architecture.outputs else ()
    return architecture.with_outputs(outputs, architecture.output_keys)
