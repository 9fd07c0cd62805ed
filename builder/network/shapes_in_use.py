"""Checks whether a network that fits in training also fits outside of training.

A RandomCrop crops in training only; in validation the whole image passes, although the nodes after
it were made for the smaller one. So the layers are followed once more with the shapes outside of
training.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.blocks.trace_record import LayerFacts
from builder.blocks.types import Shape
from builder.network.issues import IssueCode
from builder.network.propagation import propagate
from builder.system.errors import Problem, ShapeError

if TYPE_CHECKING:
    from builder.network.inference import NodeInference


@dataclass(frozen=True, slots=True, eq=False)
class _Crop:
    """A layer that crops in training only, and its node."""

    node: "NodeInference"
    facts: LayerFacts


@dataclass(frozen=True, slots=True)
class _InUse:
    """What is known of a tensor.

    Attributes:
        shape: Outside of training; None after a layer that cannot work there.
        cropped_by: The layers before it that crop in training only.
    """

    shape: Shape | None
    cropped_by: tuple[_Crop, ...] = ()


@dataclass(frozen=True, slots=True)
class UseMisfit:
    """A node that cannot work outside of training.

    Attributes:
        node: Its id.
        problem: What it gets in training, and in use.
    """

    node: str
    problem: Problem


def misfit_in_use(nodes: Sequence["NodeInference"]) -> UseMisfit | None:
    """The first node that fits in training only; None where there is none.

    Args:
        nodes: Those of the network that are used, each behind its inputs, all with known shapes.
    """
    if not any(call.facts.layer.differs_in_use for node in nodes for call in node.layers):
        return None
    found: list[UseMisfit] = []

    def step(node: "NodeInference", facts: LayerFacts, inputs: tuple[_InUse, ...]) -> _InUse:
        cropped_by = tuple(dict.fromkeys(crop for known in inputs for crop in known.cropped_by))
        shapes = tuple(known.shape for known in inputs if known.shape is not None)
        if len(shapes) < len(inputs):
            return _InUse(None, cropped_by)
        try:
            shape = facts.layer.shape_in_use(*shapes)
            fits = shapes == facts.input_shapes or facts.layer.weights(*shapes) == facts.weights
        except ShapeError:
            shape, fits = None, False
        if not fits and not found:
            found.append(_misfit(node, facts, shapes, cropped_by))
        if facts.layer.differs_in_use and shape != facts.output_shape:
            cropped_by = (*cropped_by, _Crop(node, facts))
        return _InUse(shape if fits else None, cropped_by)

    ends = propagate(nodes, step)
    if found:
        return found[0]
    read = {source for node in nodes for source in node.node.inputs}
    for node in nodes:
        end = ends[node.node.id]
        if node.node.id not in read and end.shape not in (None, node.output_shape):
            return _misfit_at_end(node, end)
    return None


def _misfit(
    node: "NodeInference",
    facts: LayerFacts,
    shapes: tuple[Shape, ...],
    cropped_by: Sequence[_Crop],
) -> UseMisfit:
    fields = {"trained": facts.input_shapes, "used": shapes, **_crop_fields(node, cropped_by)}
    return UseMisfit(node.node.id, Problem(IssueCode.MISFIT_IN_USE, fields))


def _misfit_at_end(node: "NodeInference", end: _InUse) -> UseMisfit:
    fields = {
        "trained": node.output_shape,
        "used": end.shape,
        **_crop_fields(node, end.cropped_by),
    }
    return UseMisfit(node.node.id, Problem(IssueCode.OTHER_OUTPUT_IN_USE, fields))


def _crop_fields(misfit: "NodeInference", cropped_by: Sequence[_Crop]) -> dict[str, Any]:
    """What crops, and where a CenterCrop of which size would take that up.

    A crop inside of a block may be taken up behind that block; else the place is a layer in it.
    """
    node, facts = cropped_by[-1].node, cropped_by[-1].facts
    size, layer = facts.output_shape[:2], ""
    if len(list(node.layers)) > 1:
        if node is not misfit and node.output_shape is not None and len(node.output_shape) == 3:
            size = node.output_shape[:2]
        else:
            layer = facts.layer.class_name()
    return {
        "cropped_by": tuple(dict.fromkeys(crop.node.node.label for crop in cropped_by)),
        "size": size,
        "behind": node.node,
        "layer": layer,
    }
