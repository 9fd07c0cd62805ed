"""Shapes once training is over: whether a network that fits in training fits in use as well.

A RandomCrop cuts in training only; in validation the whole image passes. What stands behind it was
made for the smaller one. So its layers are followed once more with the shapes of use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.blocks.costs import format_shape
from builder.blocks.symbolic import LayerFacts
from builder.blocks.types import Shape
from builder.errors import ShapeError
from builder.propagation import propagate

if TYPE_CHECKING:
    from builder.inference import NodeInference


@dataclass(frozen=True, slots=True)
class UseMisfit:
    """A node that cannot work in use.

    Attributes:
        node: Its id.
        message: What it gets in training, and in use.
        fix: What to do.
    """

    node: str
    message: str
    fix: str


def misfit_in_use(nodes: Sequence["NodeInference"]) -> UseMisfit | None:
    """The first node that fits in training but not in use; None where all do.

    Args:
        nodes: Those of the network that are used, each behind its inputs, all with known shapes.
    """
    differing = [node for node in nodes if any(c.facts.layer.differs_in_use for c in node.layers)]
    if not differing:
        return None
    found: list[UseMisfit] = []
    cropping: list[tuple[NodeInference, LayerFacts]] = []

    def step(
        node: "NodeInference", facts: LayerFacts, inputs: tuple[Shape | None, ...]
    ) -> Shape | None:
        shapes = tuple(shape for shape in inputs if shape is not None)
        if len(shapes) < len(inputs):
            return None
        try:
            shape = facts.layer.shape_in_use(*shapes)
            fits = shapes == facts.input_shapes or facts.layer.weights(*shapes) == facts.weights
        except ShapeError:
            shape, fits = None, False
        if not fits and not found:
            found.append(_misfit(node, facts, shapes, cropping))
        if facts.layer.differs_in_use and shape != facts.output_shape:
            cropping.append((node, facts))
        return shape if fits else None

    ends = propagate(nodes, step)
    if not found:
        read = {source for node in nodes for source in node.node.inputs}
        for node in nodes:
            end = ends[node.node.id]
            if node.node.id not in read and end != node.output_shape and end is not None:
                return _misfit_at_end(node, end, cropping)
    return found[0] if found else None


def _misfit(
    node: "NodeInference",
    facts: LayerFacts,
    shapes: tuple[Shape, ...],
    cropping: Sequence[tuple["NodeInference", LayerFacts]],
) -> UseMisfit:
    trained, used = (
        " and ".join(format_shape(shape) for shape in each) for each in (facts.input_shapes, shapes)
    )
    return UseMisfit(
        node.node.id,
        f"received {trained} in training, but {used} in validation and in use: "
        f"{_names(cropping)} crops in training only",
        _fix(cropping),
    )


def _misfit_at_end(
    node: "NodeInference", end: Shape, cropping: Sequence[tuple["NodeInference", LayerFacts]]
) -> UseMisfit:
    assert node.output_shape is not None
    return UseMisfit(
        node.node.id,
        f"gives {format_shape(node.output_shape)} in training, but {format_shape(end)} in "
        f"validation and in use: {_names(cropping)} crops in training only",
        _fix(cropping),
    )


def _names(cropping: Sequence[tuple["NodeInference", LayerFacts]]) -> str:
    return " or ".join(dict.fromkeys(node.node.label for node, _ in cropping))


def _fix(cropping: Sequence[tuple["NodeInference", LayerFacts]]) -> str:
    node, facts = cropping[-1]
    height, width = facts.output_shape[:2]
    return f"put CenterCrop({height}, {width}) behind {node.node.label}"
