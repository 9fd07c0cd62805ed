"""The head of a network: its output, and whether that is classes."""

from dataclasses import dataclass

from builder.blocks.base import Category
from builder.blocks.probabilities import Probabilities
from builder.blocks.trace_record import LayerFacts
from builder.blocks.types import Shape
from builder.network.inference import Inference, NodeInference
from builder.network.propagation import propagate


@dataclass(frozen=True)
class Head:
    """The single output of a network.

    Attributes:
        output_shape: Without the batch axis.
        activation: What made the outputs. It is `softmax` or `sigmoid` even if layers that keep
            probabilities follow, such as Flatten and average pooling; `shares` where the outputs
            come from a softmax but no longer add up to 1; otherwise the activation of the last
            layer, and None for a linear one, whose outputs are logits.
    """

    output_shape: Shape
    activation: str | None


def head(inference: Inference) -> Head | None:
    """Reads the head of a network.

    Returns:
        None where the network has errors, several outputs, or an output with a key.
    """
    outputs = inference.architecture.output_ids
    if not inference.ok or len(outputs) != 1 or inference.architecture.output_keys:
        return None
    node = inference.nodes[outputs[0]]
    assert node.output_shape is not None
    kind = probabilities(inference).get(node.node.id)
    return Head(node.output_shape, kind.value if kind else last_activation(node))


def probabilities(inference: Inference) -> dict[str, Probabilities | None]:
    """How each node's output is probabilities of classes, by the node's id.

    Args:
        inference: A network without errors.
    """
    return propagate(
        inference.used,
        lambda _, facts, inputs: (
            facts.layer.probabilities(inputs, facts.input_shapes) if inputs else None
        ),
    )


def gives_classes(inference: Inference) -> bool:
    """Whether a Dense layer, or a layer that makes probabilities, determines the single output.

    Args:
        inference: A network without errors.
    """

    def step(
        _: NodeInference, facts: LayerFacts, inputs: tuple[tuple[bool, Probabilities | None], ...]
    ) -> tuple[bool, Probabilities | None]:
        if not inputs:
            return False, None
        kind = facts.layer.probabilities([kind for _, kind in inputs], facts.input_shapes)
        is_dense = facts.layer.type_name() == "Dense"
        mixes = facts.layer.category is Category.CONVOLUTION and bool(facts.weights)
        return is_dense or kind is not None or (not mixes and all(it for it, _ in inputs)), kind

    found = propagate(inference.used, step)
    return found[inference.architecture.output_ids[0]][0]


def last_activation(node: NodeInference) -> str | None:
    """The activation of the last layer of a node; None for a linear one."""
    last = node.traces[-1]
    layer = last.calls[last.output].facts.layer
    name = getattr(layer, "activation", None)
    return None if name == "linear" else name
