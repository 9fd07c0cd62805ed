"""Checks whether an architecture can be trained with some settings, and fixes what prevents it."""

from collections.abc import Sequence

from builder.checks.finding import Finding, FindingCode
from builder.checks.input_check import input_findings
from builder.checks.memory_need import UNKNOWN_NEED, memory_need
from builder.checks.network_check import network_findings
from builder.checks.training_check import Check, check, refusal
from builder.datasets.availability import Availability
from builder.datasets.published import known
from builder.network.architecture import Architecture
from builder.network.inference import Inference, infer
from builder.system.devices import Device
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from builder.transforms.fixes import Fix, mend
from builder.transforms.head import head

MAX_MENDINGS = 8


def readiness(
    inference: Inference,
    settings: TrainingSettings,
    availability: Availability | None = None,
    machine: Sequence[Device] | None = None,
) -> Check:
    """Checks a network against its settings, their data, and the machine.

    Args:
        inference: The network.
        settings: What is asked for.
        availability: Whether the data set is available, if that was checked.
        machine: The devices of this machine, if they are to be checked.
    """
    end = head(inference)
    shapes = inference.input_shapes
    if inference.ok and (len(shapes) > 1 or inference.input_keys):
        return refusal(FindingCode.SEVERAL_INPUTS)
    if inference.ok and end is None:
        return refusal(FindingCode.SEVERAL_OUTPUTS)
    return check(
        shapes[0] if len(shapes) == 1 else (),
        end.output_shape if end else None,
        end.activation if end else None,
        _of_network(inference, settings),
        settings,
        inference.errors,
        availability,
        machine,
        memory_need(inference, settings) if inference.ok else UNKNOWN_NEED,
        inference.breaks_onednn,
    )


def _of_network(inference: Inference, settings: TrainingSettings) -> tuple[Finding, ...]:
    """What is found in the network itself, with the data in mind."""
    data = known(settings.dataset)
    sizes = tuple(input_findings(inference, data.image_shape)) if data else ()
    return (*network_findings(inference), *sizes)


def mend_all(
    architecture: Architecture, settings: TrainingSettings
) -> tuple[Architecture, TrainingSettings, list[str]]:
    """Applies the fixes of all errors and warnings, one after the other.

    Returns:
        The architecture, the settings, and what was done, each as a clause.
    """
    applied: list[Fix] = []
    done: list[str] = []
    for _ in range(MAX_MENDINGS):
        findings = readiness(infer(architecture), settings).findings
        fixes = [f.fix for f in findings if f.fix and f.level is not Level.INFO]
        fix = next((fix for fix in fixes if fix not in applied), None)
        if fix is None:
            break
        done.append(fix.effect(architecture))
        architecture, settings = mend(architecture, settings, fix)
        applied.append(fix)
    return architecture, settings, done
