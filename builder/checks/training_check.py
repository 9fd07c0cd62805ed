"""Checks model, data and settings before a training starts.

Pure: plain values in, findings out. What can be fixed by a click comes with its fix.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from builder.blocks.probabilities import Probabilities
from builder.checks.finding import Finding, FindingCode
from builder.checks.machine_check import check_machine
from builder.checks.memory_need import UNKNOWN_NEED, MemoryNeed, estimate_on
from builder.checks.split_check import check_split, of_each_class
from builder.checks.wording import count, shape_words
from builder.datasets.availability import Availability, Reach
from builder.datasets.published import Dataset, dataset
from builder.network.issues import Issue
from builder.system.devices import Device
from builder.system.errors import BuilderError
from builder.system.level import Level
from builder.training.counts import DataCounts, data_counts
from builder.training.losses import can_smooth
from builder.training.settings import (
    SGD,
    CosineDecay,
    PiecewiseConstantDecay,
    Schedule,
    TrainingSettings,
)
from builder.transforms.fixes import AdaptHead, ChangeSetting


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check.

    Attributes:
        findings: Errors first, then warnings, then hints.
        sentence: "Ready: …" with the counts, or what is in the way.
    """

    findings: tuple[Finding, ...]
    sentence: str

    @property
    def ok(self) -> bool:
        """Whether a training may start."""
        return not self.errors

    @property
    def can_be_forced(self) -> bool:
        """Whether a training may not start unless a person insists."""
        return not self.ok and all(finding.can_be_forced for finding in self.errors)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is in the way."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)


@dataclass(frozen=True, slots=True)
class Model:
    """What a check needs to know about a model.

    Attributes:
        input_shape: `(height, width, channels)`.
        output_shape: `(units,)` for a model that classifies; None where it is not known.
        output_activation: Of the last layer; None for a linear one.
    """

    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...] | None
    output_activation: str | None


def refusal(code: FindingCode, **fields: Any) -> Check:
    """The result of a check that one problem stops."""
    finding = Finding(code, Level.ERROR, fields)
    return Check((finding,), _not_ready(finding))


def check(
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...] | None,
    output_activation: str | None,
    of_layers: Sequence[Finding],
    settings: TrainingSettings,
    errors: Sequence[Issue] = (),
    availability: Availability | None = None,
    machine: Sequence[Device] | None = None,
    need: MemoryNeed = UNKNOWN_NEED,
    breaks_onednn: bool = False,
) -> Check:
    """Checks a model against data and settings.

    Args:
        input_shape: The model's `(height, width, channels)`.
        output_shape: The model's output, `(units,)`; None where it is not known.
        output_activation: Of the model's head; None or "linear" for logits.
        of_layers: The findings in the model's layers.
        settings: What is asked for.
        errors: What keeps the network from being built.
        availability: Of the data set, if it was asked for.
        machine: The devices of this machine, if they were asked for.
        need: Memory that training the model takes; nothing where that is not known.
        breaks_onednn: Whether the model is trained without oneDNN's kernels on a CPU.
    """
    activation = None if output_activation == "linear" else output_activation
    model = Model(input_shape, output_shape, activation)
    try:
        data = dataset(settings.dataset)
    except BuilderError as error:
        return refusal(FindingCode.NO_DATA, problem=error.problem)
    if errors or output_shape is None:
        return refusal(FindingCode.BROKEN_NETWORK, errors=errors)
    counts = data_counts(settings)
    found = [
        *_head(model, data),
        *_input(model, data),
        *of_layers,
        *_loss(model, settings),
        *_settings(settings, data, counts),
        *check_split(data, counts),
        *(
            Finding(FindingCode.DATA_WARNING, Level.WARNING, {"warning": text})
            for text in data.warnings
        ),
        *_data(availability),
        *(
            check_machine(
                input_shape,
                settings,
                machine,
                estimate_on(machine, need, input_shape, settings),
                breaks_onednn,
            )
            if machine
            else ()
        ),
    ]
    findings = tuple(sorted(found, key=lambda finding: finding.level.rank))
    if findings and findings[0].level is Level.ERROR:
        return Check(findings, _not_ready(findings[0]))
    return Check(findings, _ready(model, data, counts))


def _head(model: Model, data: Dataset) -> Iterator[Finding]:
    shape, activation = model.output_shape or (), model.output_activation
    units, classes = shape[0] if shape else 0, data.num_classes
    adapt = AdaptHead(classes, Probabilities.DISTRIBUTION.value)
    if len(shape) != 1:
        fields = {"shape": shape, "classes": classes}
        yield Finding(FindingCode.NO_CLASSES, Level.ERROR, fields, adapt)
    elif units != classes and not (units == 1 and classes == 2):
        fields = {"units": units, "classes": classes, "data": data.title}
        yield Finding(FindingCode.WRONG_UNITS, Level.ERROR, fields, adapt)
    elif units == 1 and activation == Probabilities.DISTRIBUTION:
        sigmoid = AdaptHead(1, Probabilities.INDEPENDENT.value)
        yield Finding(FindingCode.SOFTMAX_OF_ONE, Level.ERROR, fix=sigmoid)
    elif units > 1 and activation == Probabilities.INDEPENDENT:
        yield Finding(FindingCode.SIGMOID_OF_CLASSES, Level.INFO, fix=adapt)
    elif activation == Probabilities.SHARES:
        yield Finding(FindingCode.BROKEN_DISTRIBUTION, Level.WARNING, fix=adapt)
    elif activation not in (None, Probabilities.DISTRIBUTION, Probabilities.INDEPENDENT):
        fields = {"activation": activation}
        yield Finding(FindingCode.UNUSUAL_ACTIVATION, Level.WARNING, fields, adapt)


def _input(model: Model, data: Dataset) -> Iterator[Finding]:
    if len(model.input_shape) != 3:
        yield Finding(FindingCode.NO_IMAGE, Level.ERROR, {"shape": model.input_shape})
        return
    channels = model.input_shape[2]
    if data.channels == 3 and channels not in (1, 3):
        fields = {"channels": channels, "data": data.title}
        yield Finding(FindingCode.WRONG_CHANNELS, Level.ERROR, fields)


def _loss(model: Model, settings: TrainingSettings) -> Iterator[Finding]:
    auto, fields = ChangeSetting("loss", "auto"), {"loss": settings.loss}
    if "categorical" in settings.loss and model.output_shape == (1,):
        yield Finding(FindingCode.LOSS_NEEDS_CLASSES, Level.ERROR, fields, auto)
    if settings.loss.startswith("binary") and model.output_activation == "softmax":
        yield Finding(FindingCode.LOSS_IGNORES_SOFTMAX, Level.WARNING, fields, auto)
    if settings.label_smoothing and not can_smooth(settings.loss):
        none = ChangeSetting("label_smoothing", 0.0)
        yield Finding(FindingCode.UNUSED_SMOOTHING, Level.WARNING, fields, none)


def _settings(settings: TrainingSettings, data: Dataset, counts: DataCounts) -> Iterator[Finding]:
    if 0 < counts.train_images < settings.batch_size:
        yield Finding(
            FindingCode.SINGLE_STEP,
            Level.WARNING,
            {"batch_size": settings.batch_size, "images": counts.train_images},
            ChangeSetting("batch_size", _several_batches(counts.train_images)),
        )
    yield from _together(settings.steps_per_execution, counts.batches_per_epoch)
    if settings.test_share and counts.test_images and data.has_own_test:
        none = ChangeSetting("test_share", 0.0)
        yield Finding(FindingCode.UNUSED_TEST_SHARE, Level.INFO, fix=none)
    default = TrainingSettings().validation_share
    if counts.validation_is_given and settings.validation_share != default:
        yield Finding(FindingCode.UNUSED_VALIDATION_SHARE, Level.WARNING)
    yield from _schedule(settings.schedule, settings.epochs)
    optimizer = settings.optimizer
    if isinstance(optimizer, SGD) and optimizer.nesterov and optimizer.momentum == 0:
        yield Finding(FindingCode.UNUSED_NESTEROV, Level.WARNING)


def _schedule(schedule: Schedule, epochs: int) -> Iterator[Finding]:
    if isinstance(schedule, CosineDecay) and schedule.warmup_epochs >= epochs:
        fields = {"warmup_epochs": schedule.warmup_epochs, "epochs": epochs}
        yield Finding(FindingCode.LONG_WARMUP, Level.ERROR, fields)
    if isinstance(schedule, PiecewiseConstantDecay) and schedule.boundaries[-1] >= epochs:
        late = [epoch for epoch in schedule.boundaries if epoch >= epochs]
        fields = {"late": late, "epochs": epochs}
        yield Finding(FindingCode.LATE_BOUNDARIES, Level.WARNING, fields)


def _several_batches(images: int) -> int:
    """A power of two, at most 32, that divides so many images into at least two batches."""
    return min(32, 1 << max(0, images.bit_length() - 2))


def _together(steps: int, batches: int) -> Iterator[Finding]:
    """Keras would run over the end of an epoch, into the next one."""
    if batches <= 0 or batches % steps == 0:
        return
    fitting = next(number for number in range(min(steps, batches), 0, -1) if batches % number == 0)
    yield Finding(
        FindingCode.STEPS_OVER_EPOCH,
        Level.ERROR,
        {"steps": steps, "batches": batches},
        ChangeSetting("steps_per_execution", fitting),
    )


def _data(availability: Availability | None) -> Iterator[Finding]:
    if availability is None or availability.state == Reach.CACHED:
        return
    reason = {"problem": availability.problem}
    if availability.state == Reach.UNAVAILABLE:
        yield Finding(FindingCode.DATA_UNAVAILABLE, Level.ERROR, reason)
    else:
        yield Finding(FindingCode.DATA_DOWNLOAD, Level.INFO, reason)


def _ready(model: Model, data: Dataset, counts: DataCounts) -> str:
    given = " (the set that came with them)" if counts.validation_is_given else ""
    sentence = (
        f"Ready: {count(counts.train_images, 'training image')}{_kept_apart(counts, given)}, "
        f"{count(counts.batches_per_epoch, 'batch', 'batches')} an epoch."
        f"{of_each_class(data, counts)}"
    )
    received, wanted = data.image_shape, model.input_shape
    if received[:2] != wanted[:2]:
        sizes = f"from {shape_words(received)} to {shape_words(wanted)}"
        return f"{sentence} Images are resized {sizes}."
    if received[2] > wanted[2]:
        return f"{sentence} Color images are turned to gray."
    if received[2] < wanted[2]:
        return f"{sentence} Gray images are repeated to {wanted[2]} channels."
    return sentence


def _kept_apart(counts: DataCounts, given: str) -> str:
    if not counts.test_images:
        return f" and {counts.val_images:,} for validation{given}"
    tested = f"{counts.test_images:,} for one last test"
    return f", {counts.val_images:,} for validation{given} and {tested}"


def _not_ready(finding: Finding) -> str:
    return f"Not ready: {finding.message}"
