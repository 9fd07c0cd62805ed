"""Finds the values that reach the first trained weights, and edits that bring them into range.

Pixels come as 0 to 255, and every layer before the first weights declares its effect on that range.
So it does not matter which classes these are: a Rescaling by 1 changes nothing, two by 1/255 leave
next to nothing, and a Normalization with statistics for 0 to 255 needs no Rescaling.

Weights whose output is normalized before a nonlinearity do not depend on the scale of their input:
BatchNormalization removes it from their output and their gradient. Such weights are not a fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from builder.blocks.ranges import PIXELS, Range
from builder.blocks.trace_record import LayerFacts
from builder.network.inference import Inference, NodeInference, infer
from builder.network.propagation import propagate
from builder.system.errors import BuilderError
from builder.transforms.network_fixes import AddRescaling, RemoveNode, SetParameters

LARGEST = 20.0
"""A small convnet learns the handwritten digits as well from 0 to 25 as from 0 to 1. From 0 to 50
it learns worse, and from 0 to 255 SGD learns nothing."""
NARROWEST = 0.1
"""From 0 to 0.1 it learns clearly slower, and from 0 to 1/255 next to nothing."""

_SCALE_FREE = (None, "linear", "relu", "leaky_relu")
"""Activations that preserve a factor: twice the input yields twice the output."""


class Fault(Enum):
    """The fault of values that reach weights."""

    TOO_LARGE = "too large"
    TOO_NARROW = "too narrow"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Weights that values out of range reach.

    Attributes:
        node: The id of the node that holds them.
        label: Its name.
        values: The values that reach them.
        fault: The fault.
    """

    node: str
    label: str
    values: Range
    fault: Fault


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known about a tensor.

    Attributes:
        values: Its range; None after trained weights.
        pending: Weights before it that get too large values and whose output has passed no
            nonlinearity yet: if it is normalized, they are not a fault.
    """

    values: Range | None
    pending: Misfit | None = None


@dataclass(frozen=True, slots=True)
class RangeFix:
    """An edit and its effect.

    Attributes:
        edit: The edit.
        values: The values that reach the weights afterwards.
    """

    edit: AddRescaling | RemoveNode | SetParameters
    values: Range


def misfits(inference: Inference) -> tuple[Misfit, ...]:
    """The first weights on each path whose input is far from a range suitable for learning.

    Args:
        inference: A network without errors.
    """
    found: dict[tuple[str, Fault], Misfit] = {}

    def step(node: NodeInference, facts: LayerFacts, inputs: tuple[_Known, ...]) -> _Known:
        if not inputs:
            return _Known(PIXELS)
        known, faults = _behind(node, facts, inputs)
        found.update({(fault.node, fault.fault): fault for fault in faults})
        return known

    ends = propagate(inference.used, step)
    for output in inference.architecture.output_ids:
        pending = ends[output].pending
        if pending is not None:
            found[pending.node, pending.fault] = pending
    return tuple(found.values())


def range_conflicts(inference: Inference) -> tuple[Misfit, ...]:
    """The augmentations whose range of pixels differs from the one that reaches them.

    In training they clip the values to their range, and shift them by a share of it; otherwise they
    change nothing.

    Args:
        inference: A network without errors.
    """
    found: dict[str, Misfit] = {}

    def step(node: NodeInference, facts: LayerFacts, inputs: tuple[_Known, ...]) -> _Known:
        told, values = facts.layer.told_range(), inputs[0].values if inputs else None
        if told is not None and values is not None and not _is_about(told, values):
            fault = Fault.TOO_LARGE if values.width > told.width else Fault.TOO_NARROW
            found.setdefault(node.node.id, Misfit(node.node.id, node.node.label, values, fault))
        return _values(facts, inputs)

    propagate(inference.used, step)
    return tuple(found.values())


def _is_about(told: Range, values: Range) -> bool:
    """Whether all values lie in a range and use most of it."""
    slack = 0.02 * told.width
    inside = told.low - slack <= values.low and values.high <= told.high + slack
    return inside and told.width <= 4 * values.width


def range_fix(inference: Inference) -> RangeFix | None:
    """An edit that brings the input of all weights into a suitable range; None if none is known.

    Each edit is applied and its result is checked, so that a fix never makes it worse.
    """
    for edit in _candidates(inference):
        try:
            changed = infer(edit.apply(inference.architecture))
        except BuilderError:
            continue
        if changed.ok and not misfits(changed):
            values = _first_values(changed)
            if values is not None:
                return RangeFix(edit, values)
    return None


def _behind(
    node: NodeInference, facts: LayerFacts, inputs: tuple[_Known, ...]
) -> tuple[_Known, list[Misfit]]:
    """What is known after a layer, and the faults that are certain there."""
    pending = [known.pending for known in inputs if known.pending is not None]
    layer = facts.layer
    if layer.normalizes:
        fault = _fault(node, inputs)  # a scale is removed, but tiny values lose their precision
        is_narrow = fault is not None and fault.fault is Fault.TOO_NARROW
        return _values(facts, inputs), [fault] if fault and is_narrow else []
    if any(weight.name.endswith("kernel") for weight in facts.weights):
        fault = _fault(node, inputs)
        if fault is None or fault.fault is Fault.TOO_NARROW:
            return _Known(None), [*pending, *([fault] if fault else [])]
        if getattr(layer, "activation", None) in _SCALE_FREE:
            return _Known(None, fault), pending
        return _Known(None), [*pending, fault]
    if len(pending) == len(inputs) == 1 and _keeps_factors(facts):
        return _Known(None, pending[0]), []
    return _values(facts, inputs), pending


def _keeps_factors(facts: LayerFacts) -> bool:
    layer = facts.layer
    activation = getattr(layer, "activation", None)
    return layer.keeps_values or (activation is not None and activation in _SCALE_FREE)


def _fault(node: NodeInference, inputs: tuple[_Known, ...]) -> Misfit | None:
    values = inputs[0].values
    if values is None:
        return None
    if values.largest > LARGEST:
        return Misfit(node.node.id, node.node.label, values, Fault.TOO_LARGE)
    if values.width <= NARROWEST:
        return Misfit(node.node.id, node.node.label, values, Fault.TOO_NARROW)
    return None


def _values(facts: LayerFacts, inputs: tuple[_Known, ...]) -> _Known:
    if not inputs:
        return _Known(PIXELS)
    return _Known(facts.layer.output_range(*(known.values for known in inputs)))


def _first_values(inference: Inference) -> Range | None:
    """The values that reach the first weights."""
    found: list[Range] = []

    def step(_: NodeInference, facts: LayerFacts, inputs: tuple[_Known, ...]) -> _Known:
        has_kernel = any(weight.name.endswith("kernel") for weight in facts.weights)
        if has_kernel and inputs and inputs[0].values is not None:
            found.append(inputs[0].values)
        return _values(facts, inputs)

    propagate(inference.used, step)
    return found[0] if found else None


def _candidates(inference: Inference) -> Iterator[AddRescaling | RemoveNode | SetParameters]:
    """Edits that may help: the smallest change first."""
    usual = {"scale": 1 / 255, "offset": 0.0}
    nodes = [known.node for known in inference.used]
    scaling = [n for n in nodes if usual.keys() <= {p.name for p in n.block.parameters()}]
    for node in scaling:
        yield RemoveNode(node.id)
    for node in scaling:
        yield SetParameters(node.id, usual)
    yield AddRescaling()
