"""Whether a training fits the machine: its devices, their memory, what they compute quickly."""

from collections.abc import Iterator, Sequence

from builder.checks.finding import Finding, FindingCode
from builder.checks.memory_need import (
    MAX_SUGGESTED,
    MemoryNeed,
    free_memory,
    images_held,
    in_words,
    num_held,
    purpose,
)
from builder.datasets.published import Dataset, dataset
from builder.system.devices import Device, resolved
from builder.system.level import Level
from builder.training.counts import DataCounts, data_counts
from builder.training.settings import Precision, TrainingSettings
from builder.transforms.fixes import ChangeSetting

WHY_NO_FLOAT16 = "no mixed_float16: far slower on a CPU"


def precisions(device: str, machine: Sequence[Device]) -> tuple[Precision, ...]:
    """The precisions worth offering for a device.

    Args:
        device: As in the settings.
        machine: The devices of this machine.
    """
    if resolved(device, machine) == "cpu":
        return ("float32", "mixed_bfloat16")
    return ("float32", "mixed_bfloat16", "mixed_float16")


def memory_words(
    input_shape: tuple[int, ...],
    settings: TrainingSettings,
    machine: Sequence[Device],
    need: MemoryNeed,
) -> str:
    """Says what a training needs of its device's memory, and the batch size that would fit.

    Args:
        input_shape: The model's `(height, width, channels)`.
        settings: What is asked for.
        machine: The devices of this machine.
        need: Memory that training the model takes.

    Raises:
        BuilderError: The settings name no data set that can be trained on.
    """
    counts = data_counts(settings)
    held = images_held(input_shape, dataset(settings.dataset), counts)
    free = free_memory(settings, machine, held)
    needed = f"{in_words(need.at(settings.batch_size))} {purpose(settings.batch_size)}"
    if free is None:
        return needed
    needed += f", of {in_words(free)} free"
    fits = need.largest(free, counts.train_images)
    if fits is None or fits <= settings.batch_size:
        return needed
    if fits == MAX_SUGGESTED or need.at(2 * fits) <= free:  # more may fit; it is not suggested
        return f"{needed}; {fits:,} would fit too"
    return f"{needed}; up to {fits:,} fits"


def check_machine(
    input_shape: tuple[int, ...],
    data: Dataset,
    settings: TrainingSettings,
    counts: DataCounts,
    machine: Sequence[Device],
    need: MemoryNeed | None,
    breaks_onednn: bool = False,
) -> Iterator[Finding]:
    """Finds what this machine has not, or does slowly.

    Args:
        input_shape: The model's `(height, width, channels)`.
        data: The images.
        settings: What is asked for.
        counts: How the images are used.
        machine: Its devices.
        need: Memory that training the model takes, if that is known.
        breaks_onednn: Whether the model is trained without oneDNN's kernels on a CPU.
    """
    if settings.device.startswith("gpu") and all(
        settings.device != device.id for device in machine
    ):
        yield Finding(
            FindingCode.NO_SUCH_DEVICE,
            Level.ERROR,
            {"device": settings.device},
            ChangeSetting("device", "auto"),
        )
        return
    held = images_held(input_shape, data, counts)
    host = next((device.free for device in machine if device.id == "cpu"), None)
    if host is not None and held > host:
        num_images = num_held(input_shape, data, counts)
        yield Finding(
            FindingCode.IMAGES_TOO_LARGE,
            Level.ERROR,
            {"images": num_images, "shape": input_shape, "needed": held, "free": host},
            can_be_forced=True,
        )
    elif need is not None:
        yield from too_large(need, settings, counts, free_memory(settings, machine, held))
    if resolved(settings.device, machine) == "cpu":
        fast = any(device.is_fast_in_bfloat16 for device in machine) and not breaks_onednn
        yield from _slow_on_cpu(settings, fast)
    else:
        yield from _other_gpus(settings, machine)


def too_large(
    need: MemoryNeed, settings: TrainingSettings, counts: DataCounts, free: int | None
) -> Iterator[Finding]:
    """Finds that a training needs more memory than is free: it would be killed.

    Args:
        need: Memory that training the model takes.
        settings: What is asked for.
        counts: How the images are used.
        free: Bytes that are free for it; None where that is not known.
    """
    if free is None or need.at(settings.batch_size) <= free:
        return
    largest = need.largest(free, counts.train_images)
    fitting = largest if largest is not None and largest < settings.batch_size else None
    yield Finding(
        FindingCode.BATCH_TOO_LARGE,
        Level.ERROR,
        {
            "batch_size": settings.batch_size,
            "needed": need.at(settings.batch_size),
            "free": free,
            "fitting": fitting,
        },
        None if fitting is None else ChangeSetting("batch_size", fitting),
        can_be_forced=True,
    )


def _other_gpus(settings: TrainingSettings, machine: Sequence[Device]) -> Iterator[Finding]:
    count = sum(device.id.startswith("gpu") for device in machine)
    own = resolved(settings.device, machine)
    if count > 1:
        yield Finding(FindingCode.SEVERAL_GPUS, Level.INFO, {"device": own, "gpus": count})


def _slow_on_cpu(settings: TrainingSettings, is_fast_in_bfloat16: bool) -> Iterator[Finding]:
    if settings.precision == "mixed_bfloat16" and is_fast_in_bfloat16:
        yield Finding(FindingCode.BFLOAT16_ON_CPU, Level.INFO)
    elif settings.precision != "float32":
        yield Finding(
            FindingCode.SLOW_PRECISION,
            Level.WARNING,
            {"precision": settings.precision},
            ChangeSetting("precision", "float32"),
        )
    if settings.jit_compile == "on":
        yield Finding(FindingCode.XLA_ON_CPU, Level.INFO)
