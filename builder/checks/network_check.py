"""Checks the layers of a network: the range of values, and a repeated softmax."""

from collections.abc import Iterator

from builder.blocks.probabilities import Probabilities, made_by
from builder.blocks.trace_record import LayerFacts
from builder.checks.finding import Finding, FindingCode
from builder.network.inference import Inference, NodeInference
from builder.network.propagation import propagate
from builder.system.level import Level
from builder.transforms.network_fixes import RemoveNode, SetParameters
from builder.transforms.value_flow import misfits, range_conflicts, range_fix


def network_findings(inference: Inference) -> tuple[Finding, ...]:
    """Checks the layers of a network without errors."""
    if not inference.ok:
        return ()
    return (*_ranges(inference), *_conflicts(inference), *_twice(inference))


def _ranges(inference: Inference) -> Iterator[Finding]:
    found = misfits(inference)
    if not found:
        return
    fix = range_fix(inference)
    fields = {
        "layers": [misfit.label for misfit in found],
        "values": found[0].values,
        "fault": found[0].fault,
        "architecture": inference.architecture,
        "mending": fix.edit if fix else None,
        "values_after": fix.values if fix else None,
    }
    code = FindingCode.VALUES_OUT_OF_RANGE
    yield Finding(code, Level.WARNING, fields, fix.edit if fix else None)


def _conflicts(inference: Inference) -> Iterator[Finding]:
    for found in range_conflicts(inference):
        block = inference.architecture.by_id[found.node].block
        fix = SetParameters(found.node, {"value_range": (found.values.low, found.values.high)})
        has_it = any(parameter.name == "value_range" for parameter in block.parameters())
        yield Finding(
            FindingCode.WRONG_VALUE_RANGE,
            Level.WARNING,
            {"layer": found.label, "values": found.values},
            fix if has_it else None,
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
            FindingCode.PROBABILITIES_TWICE,
            Level.WARNING,
            {"layer": node.node.label},
            RemoveNode(node.node.id) if is_layer else None,
        )
