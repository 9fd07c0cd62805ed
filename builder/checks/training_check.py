"""A look at model, data and settings before a training starts, in words.

Pure: plain values in, sentences out. What can be mended by a click comes with the mending.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.blocks.probabilities import Probabilities
from builder.checks.finding import Finding, Level
from builder.checks.machine_check import check_machine
from builder.checks.memory_need import MemoryNeed
from builder.checks.split_check import check_split, of_each_class
from builder.datasets.availability import Availability
from builder.datasets.published import Dataset, dataset
from builder.system.devices import Device
from builder.system.errors import BuilderError
from builder.training.counts import DataCounts, data_counts
from builder.training.losses import can_smooth
from builder.training.settings import (
    SGD,
    CosineDecay,
    PiecewiseConstantDecay,
    TrainingSettings,
)


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found.

    Attributes:
        findings: Errors first, then warnings, then what is merely good to know.
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
        """Whether a training may not start, but a person may insist."""
        return not self.ok and all(finding.can_be_forced for finding in self.errors)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is in the way."""
        return tuple(finding for finding in self.findings if finding.level == "error")


@dataclass(frozen=True, slots=True)
class Model:
    """What a check needs to know of a model.

    Attributes:
        input_shape: `(height, width, channels)`.
        output_shape: `(units,)` for a model that classifies; None where it is not known.
        output_activation: Of the last layer; None for a linear one.
    """

    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...] | None
    output_activation: str | None


def refusal(sentence: str) -> Check:
    """What a check says where one thing keeps it from looking further."""
    finding = Finding("error", sentence)
    return Check((finding,), _not_ready(finding))


def check(
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...] | None,
    output_activation: str | None,
    of_layers: Sequence[Finding],
    settings: TrainingSettings,
    inference_ok: bool = True,
    availability: Availability | None = None,
    machine: Sequence[Device] | None = None,
    need: MemoryNeed | None = None,
    breaks_onednn: bool = False,
) -> Check:
    """Checks a model against data and settings.

    Args:
        input_shape: The model's `(height, width, channels)`.
        output_shape: The model's output, `(units,)`; None where it is not known.
        output_activation: Of the model's head; None or "linear" for logits.
        of_layers: What was found in the model's layers.
        settings: What is asked for.
        inference_ok: Whether the network has no errors of its own.
        availability: Of the data set, if it was asked for.
        machine: The devices of this machine, if they were asked for.
        need: Memory that training the model takes, if that is known.
        breaks_onednn: Whether the model is trained without oneDNN's kernels on a CPU.
    """
    activation = None if output_activation == "linear" else output_activation
    model = Model(input_shape, output_shape, activation)
    try:
        data = dataset(settings.dataset)
    except BuilderError as error:
        finding = Finding("error", f"There is no data to train on ({error}). Choose a data set.")
        return Check((finding,), _not_ready(finding))
    if not inference_ok or output_shape is None:
        return refusal("The network has errors. Mend the broken nodes first.")
    counts = data_counts(settings)
    found = [
        *_head(model, data),
        *_input(model, data),
        *of_layers,
        *_loss(model, settings),
        *_settings(settings, data, counts),
        *check_split(data, counts),
        *(Finding("warning", text) for text in data.warnings),
        *_data(availability),
        *(
            check_machine(input_shape, data, settings, counts, machine, need, breaks_onednn)
            if machine
            else ()
        ),
    ]
    order = ("error", "warning", "info")
    findings = tuple(sorted(found, key=lambda finding: order.index(finding.level)))
    if findings and findings[0].level == "error":
        return Check(findings, _not_ready(findings[0]))
    return Check(findings, _ready(model, data, counts))


def _head(model: Model, data: Dataset) -> Iterator[Finding]:
    shape, activation = model.output_shape or (), model.output_activation
    classes = data.num_classes
    mend = {"kind": "adapt_head", "units": classes, "activation": "softmax"}
    label = f"Give the last layer {classes} units and softmax"
    if len(shape) != 1:
        yield Finding(
            "error",
            f"The model puts out {_shape(shape)}, expected {classes} numbers, one for each class "
            "of the data. End with Flatten or GlobalAveragePooling2D and a Dense layer.",
            mend,
            label,
        )
        return
    units = shape[0]
    if units != classes and not (units == 1 and classes == 2):
        yield Finding(
            "error",
            f"The last layer has {_count(units, 'unit')}; the data ({data.title}) have {classes} "
            f"classes, so {classes} units with softmax are expected.",
            mend,
            label,
        )
    elif units == 1 and activation == "softmax":
        yield Finding(
            "error",
            "The last layer has softmax over 1 unit, which is always 1; expected sigmoid.",
            {"kind": "adapt_head", "units": 1, "activation": "sigmoid"},
            "Use sigmoid",
        )
    elif units > 1 and activation == "sigmoid":
        yield Finding(
            "info",
            "The last layer has sigmoid, so every class is judged by itself. Each image shows one "
            "class: softmax fits better.",
            mend,
            label,
        )
    elif activation == Probabilities.SHARES:
        yield Finding(
            "warning",
            "The outputs come from probabilities, but what stands behind these, such as max "
            "pooling or an addition, leaves them so that they no longer add up to 1; expected "
            "softmax at the end.",
            mend,
            label,
        )
    elif activation not in (None, "softmax", "sigmoid"):
        yield Finding(
            "warning",
            f"The last layer has {activation}, whose output is taken as logits; expected softmax, "
            "or no activation.",
            mend,
            label,
        )


def _input(model: Model, data: Dataset) -> Iterator[Finding]:
    if len(model.input_shape) != 3:
        yield Finding(
            "error",
            f"The model takes {_shape(model.input_shape)}, expected an image (height×width×"
            "channels). Change the Input.",
        )
        return
    channels = model.input_shape[2]
    if data.channels == 3 and channels not in (1, 3):
        yield Finding(
            "error",
            f"The model takes {_count(channels, 'channel')}, the images ({data.title}) have 3. "
            "Set the Input's channels to 3, or to 1 for grey.",
        )


def _loss(model: Model, settings: TrainingSettings) -> Iterator[Finding]:
    auto = {"kind": "set", "setting": "loss", "value": "auto"}
    if "categorical" in settings.loss and model.output_shape == (1,):
        yield Finding(
            "error",
            f"{settings.loss} needs one unit per class, the last layer has 1. Choose auto or "
            "binary_crossentropy.",
            auto,
            "Set the loss to auto",
        )
    if settings.loss.startswith("binary") and model.output_activation == "softmax":
        yield Finding(
            "warning",
            f"{settings.loss} judges every class by itself, softmax makes them share: "
            "categorical_crossentropy fits softmax. Choose auto.",
            auto,
            "Set the loss to auto",
        )
    if settings.label_smoothing and not can_smooth(settings.loss):
        yield Finding(
            "warning",
            f"label_smoothing has no effect on {settings.loss}. Choose auto, or set it to 0.",
            {"kind": "set", "setting": "label_smoothing", "value": 0.0},
            "Set label_smoothing to 0",
        )


def _settings(settings: TrainingSettings, data: Dataset, counts: DataCounts) -> Iterator[Finding]:
    if 0 < counts.train_images < settings.batch_size:
        smaller = _several_batches(counts.train_images)
        yield Finding(
            "warning",
            f"batch_size is {settings.batch_size:,}, but there are only {counts.train_images:,} "
            "training images: every epoch is one single step. Use a smaller batch_size.",
            {"kind": "set", "setting": "batch_size", "value": smaller},
            f"Set batch_size to {smaller}",
        )
    yield from _together(settings.steps_per_execution, counts.batches_per_epoch)
    if settings.test_share and counts.test_images and data.has_own_test:
        yield Finding(
            "info",
            "test_share has no effect: these images came with a test set of their own.",
            {"kind": "set", "setting": "test_share", "value": 0.0},
            "Set test_share to 0",
        )
    default = TrainingSettings().validation_share
    if counts.validation_is_given and settings.validation_share != default:
        yield Finding(
            "warning",
            "validation_share has no effect: these images came with a validation set. Set "
            "validation_set to share to draw one anew.",
        )
    schedule = settings.schedule
    if isinstance(schedule, CosineDecay) and schedule.warmup_epochs >= settings.epochs:
        yield Finding(
            "error",
            f"warmup_epochs is {schedule.warmup_epochs}, but the training has only "
            f"{_count(settings.epochs, 'epoch')}. Warm up for fewer epochs, or train for more.",
        )
    if isinstance(schedule, PiecewiseConstantDecay) and schedule.boundaries[-1] >= settings.epochs:
        late = [str(epoch) for epoch in schedule.boundaries if epoch >= settings.epochs]
        yield Finding(
            "warning",
            f"The learning rate would drop after epoch {', '.join(late)}, but the training ends "
            f"with epoch {settings.epochs}. Choose earlier boundaries, or train for more epochs.",
        )
    optimizer = settings.optimizer
    if isinstance(optimizer, SGD) and optimizer.nesterov and optimizer.momentum == 0:
        yield Finding(
            "warning", "nesterov has no effect while momentum is 0. Set momentum, such as 0.9."
        )


def _several_batches(images: int) -> int:
    """A power of two, at most 32, that makes two batches or more of so many images."""
    return min(32, 1 << max(0, images.bit_length() - 2))


def _together(steps: int, batches: int) -> Iterator[Finding]:
    """Keras would run over the end of an epoch, into the next one."""
    if batches <= 0 or batches % steps == 0:
        return
    fitting = next(number for number in range(min(steps, batches), 0, -1) if batches % number == 0)
    yield Finding(
        "error",
        f"steps_per_execution is {steps:,}, expected a divisor of the {batches:,} batches of an "
        "epoch. Choose one, or another batch_size.",
        {"kind": "set", "setting": "steps_per_execution", "value": fitting},
        f"Set steps_per_execution to {fitting:,}",
    )


def _data(availability: Availability | None) -> Iterator[Finding]:
    if availability is not None and availability.state != "cached":
        level: Level = "error" if availability.state == "unavailable" else "info"
        yield Finding(level, availability.message)


def _ready(model: Model, data: Dataset, counts: DataCounts) -> str:
    given = " (the set that came with them)" if counts.validation_is_given else ""
    sentence = (
        f"Ready: {_count(counts.train_images, 'training image')}{_kept_apart(counts, given)}, "
        f"{_count(counts.batches_per_epoch, 'batch', 'batches')} an epoch."
        f"{of_each_class(data, counts)}"
    )
    received, wanted = data.image_shape, model.input_shape
    if received[:2] != wanted[:2]:
        return f"{sentence} Images are resized from {_shape(received)} to {_shape(wanted)}."
    if received[2] > wanted[2]:
        return f"{sentence} Colour images are turned to grey."
    if received[2] < wanted[2]:
        return f"{sentence} Grey images are repeated to {wanted[2]} channels."
    return sentence


def _kept_apart(counts: DataCounts, given: str) -> str:
    if not counts.test_images:
        return f" and {counts.val_images:,} for validation{given}"
    tested = f"{counts.test_images:,} for one last test"
    return f", {counts.val_images:,} for validation{given} and {tested}"


def _not_ready(finding: Finding) -> str:
    return f"Not ready: {finding.message}"


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(str(size) for size in shape) or "nothing"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
