"""What a check finds in the layers of a network: the range of its values, and softmax twice."""

from collections.abc import Iterator

from builder.blocks.base import short_float
from builder.blocks.probabilities import Probabilities, made_by
from builder.blocks.ranges import PIXELS, Range
from builder.blocks.symbolic import LayerFacts
from builder.checks.finding import Finding
from builder.network.inference import Inference, NodeInference
from builder.network.propagation import propagate
from builder.transforms.value_flow import (
    Fault,
    Misfit,
    RangeFix,
    misfits,
    range_conflicts,
    range_fix,
)


def network_findings(inference: Inference) -> tuple[Finding, ...]:
    """Looks at the layers of a network; one with errors is not looked at."""
    if not inference.ok:
        return ()
    return (*_ranges(inference), *_conflicts(inference), *_twice(inference))


def _ranges(inference: Inference) -> Iterator[Finding]:
    found = misfits(inference)
    if not found:
        return
    fix = range_fix(inference)
    first, where = found[0], _named(found)
    if first.fault is Fault.TOO_NARROW:
        why = "which is next to nothing: they are scaled down too far"
    elif first.values == PIXELS:
        why = "as they come: no layer in front brings them to a small range"
    else:
        why = "which is far from a range such as 0 to 1 or -1 to 1"
    message = (
        f"Pixels reach {where} as {first.values}, {why}. The network may learn slowly or not at "
        f"all. {_what_to_do(inference, first, fix)}"
    )
    if fix is None:
        yield Finding("warning", message)
        return
    label = _label(inference, fix)
    yield Finding("warning", message, fix.edit, f"{label}: {fix.values} instead")


def _what_to_do(inference: Inference, first: Misfit, fix: RangeFix | None) -> str:
    if fix is None and first.values == PIXELS:  # others read the same Input, scaled by themselves
        return f"Put Rescaling(1/255) in front of {first.label}."
    if fix is None:
        return "Change the Rescaling or Normalization in front of them."
    return f"{_label(inference, fix)}: they are then {fix.values}."


def _label(inference: Inference, fix: RangeFix) -> str:
    kind = fix.edit["kind"]
    if kind == "add_rescaling":
        return "Put Rescaling(1/255) behind the Input"
    label = inference.architecture.by_id[fix.edit["node"]].label
    if kind == "remove":
        return f"Remove {label}"
    moves = inference.architecture.by_id[fix.edit["node"]].block.values()["offset"] != 0
    return f"Set the scale of {label} to 1/255" + (" and its offset to 0" if moves else "")


def _conflicts(inference: Inference) -> Iterator[Finding]:
    for found in range_conflicts(inference):
        block = inference.architecture.by_id[found.node].block
        fits = (found.values.low, found.values.high)
        fix = {"kind": "set_parameters", "node": found.node, "parameters": {"value_range": fits}}
        has_it = any(parameter.name == "value_range" for parameter in block.parameters())
        yield Finding(
            "warning",
            f"{found.label} is set to another range of pixels than the {found.values} that reach "
            f"it, so that training sees other images than those in use. Set its value_range to "
            f"({_written(found.values)}).",
            fix if has_it else None,
            f"Set value_range to ({_written(found.values)})" if has_it else "",
        )


def _twice(inference: Inference) -> Iterator[Finding]:
    """Softmax or sigmoid of values that are probabilities already."""
    found: dict[str, NodeInference] = {}

    def step(
        node: NodeInference, facts: LayerFacts, inputs: tuple[Probabilities | None, ...]
    ) -> Probabilities | None:
        if not inputs:
            return None
        kind = facts.layer.probabilities(inputs, facts.input_shapes)
        squashes = not facts.weights and made_by(getattr(facts.layer, "activation", None))
        if squashes and inputs[0] is not None:
            found[node.node.id] = node
        return kind

    propagate(inference.used, step)
    for node in found.values():
        is_layer = len(list(node.layers)) == 1
        yield Finding(
            "warning",
            f"{node.node.label} makes probabilities of what are probabilities already, which "
            "squashes their differences. Use one softmax or sigmoid only.",
            {"kind": "remove", "node": node.node.id} if is_layer else None,
            f"Remove {node.node.label}" if is_layer else "",
        )


def _named(found: tuple[Misfit, ...]) -> str:
    more = len(found) - 1
    return f"{found[0].label} and {more} more" if more else found[0].label


def _written(values: Range) -> str:
    return f"{short_float(values.low)}, {short_float(values.high)}"
