"""Whether an architecture can be trained as asked, and the mending of what keeps it from it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from builder.checks.finding import Finding
from builder.checks.input_check import input_findings
from builder.checks.memory_need import memory_need
from builder.checks.network_check import network_findings
from builder.checks.training_check import Check, check, refusal
from builder.datasets.availability import Availability
from builder.datasets.published import known
from builder.network.architecture import Architecture
from builder.network.edit_words import in_full
from builder.network.inference import Inference, infer
from builder.system.devices import Device
from builder.training.settings import TrainingSettings
from builder.transforms.head import adapt_head, head
from builder.transforms.value_flow import carry_out

MAX_MENDINGS = 8


def readiness(
    inference: Inference,
    settings: TrainingSettings,
    availability: Availability | None = None,
    machine: Sequence[Device] | None = None,
) -> Check:
    """Checks a network against its settings, their data, and what is known of the machine.

    Args:
        inference: The network.
        settings: What is asked for.
        availability: Of the data set, if it was asked for.
        machine: The devices of this machine, if they were asked for.
    """
    end = head(inference)
    shapes = inference.input_shapes
    if inference.ok and (len(shapes) > 1 or inference.input_keys):
        return refusal(
            "The network takes several inputs, or takes its input by a key. A training here needs "
            "one image without a key; the exported script can be trained with data of its own."
        )
    if inference.ok and end is None:
        return refusal(
            "The network has several outputs, or gives its output by a key. A training here needs "
            "one output without a key; the exported script can be trained with losses of its own."
        )
    found = check(
        shapes[0] if len(shapes) == 1 else (),
        end.output_shape if end else None,
        end.activation if end else None,
        _of_network(inference, settings),
        settings,
        inference.ok,
        availability,
        machine,
        memory_need(inference, settings) if inference.ok else None,
        inference.breaks_onednn,
    )
    findings = tuple(_worded(inference.architecture, finding) for finding in found.findings)
    return replace(found, findings=findings)


def _of_network(inference: Inference, settings: TrainingSettings) -> tuple[Finding, ...]:
    """What is found in the network itself, with the data in mind."""
    data = known(settings.dataset)
    sizes = tuple(input_findings(inference, data.image_shape)) if data else ()
    return (*network_findings(inference), *sizes)


def _worded(architecture: Architecture, finding: Finding) -> Finding:
    """A finding whose fix says all that it does to this very network."""
    if finding.fix is None or finding.fix["kind"] != "adapt_head":
        return finding
    label = head_words(architecture, finding.fix["units"], finding.fix["activation"])
    return replace(finding, fix_label=label)


@lru_cache(maxsize=32)
def head_words(architecture: Architecture, units: int, activation: str | None) -> str:
    """What `adapt_head` would do to a network, in full."""
    return in_full(architecture, adapt_head(architecture, units, activation))


def mend(
    architecture: Architecture, settings: TrainingSettings, fix: Mapping[str, Any]
) -> tuple[Architecture, TrainingSettings]:
    """Carries out a finding's `fix`: an edit of the architecture, or another setting.

    Raises:
        BuilderError: The fix does not apply to this architecture.
    """
    if fix["kind"] == "adapt_head":
        return adapt_head(architecture, fix["units"], fix["activation"]), settings
    if fix["kind"] == "set":
        values = settings.values() | {fix["setting"]: fix["value"]}
        return architecture, TrainingSettings.create(values)
    return carry_out(architecture, fix), settings


def mend_all(
    architecture: Architecture, settings: TrainingSettings
) -> tuple[Architecture, TrainingSettings, list[str]]:
    """Carries out the fixes of all errors and warnings, one after the other.

    Returns:
        The architecture, the settings, and in words what was done.
    """
    done: list[str] = []
    for _ in range(MAX_MENDINGS):
        findings = readiness(infer(architecture), settings).findings
        open_ones = [f for f in findings if f.fix and f.level != "info" and f.fix_label not in done]
        if not open_ones:
            break
        finding = open_ones[0]
        assert finding.fix is not None
        architecture, settings = mend(architecture, settings, finding.fix)
        done.append(finding.fix_label)
    return architecture, settings, done
