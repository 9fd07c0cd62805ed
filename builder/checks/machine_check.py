"""Checks a training against the machine: its devices, their memory, and their speed."""

from collections.abc import Iterator, Sequence

from builder.checks.finding import Finding, FindingCode
from builder.checks.memory_need import (
    MAX_SUGGESTED,
    MemoryEstimate,
    in_words,
    purpose,
)
from builder.system.devices import Device, resolved
from builder.system.level import Level
from builder.training.settings import Precision, TrainingSettings
from builder.transforms.fixes import ChangeSetting

WHY_NO_FLOAT16 = "no mixed_float16: far slower on a CPU"


def precisions(device: str, machine: Sequence[Device]) -> tuple[Precision, ...]:
    """The precisions worth offering for a device.

    Args:
        device: The setting `device`.
        machine: The devices of this machine.
    """
    if resolved(device, machine) == "cpu":
        return ("float32", "mixed_bfloat16")
    return ("float32", "mixed_bfloat16", "mixed_float16")


def memory_words(memory: MemoryEstimate) -> str:
    """Says how much of its device's memory a training needs, and the batch size that would fit."""
    need, free = memory.need, memory.free
    needed = f"{in_words(memory.needed)} {purpose(memory.batch_size)}"
    if free is None:
        return needed
    needed += f", of {in_words(free)} free"
    fits = memory.largest_batch
    if fits is None or fits <= memory.batch_size:
        return needed
    if fits == MAX_SUGGESTED or need.at(2 * fits) <= free:  # more may fit; it is not suggested
        return f"{needed}; {fits:,} would fit too"
    return f"{needed}; up to {fits:,} fits"


def check_machine(
    input_shape: tuple[int, ...],
    settings: TrainingSettings,
    machine: Sequence[Device],
    memory: MemoryEstimate,
    breaks_onednn: bool = False,
) -> Iterator[Finding]:
    """Finds what this machine lacks, or does slowly.

    Args:
        input_shape: The model's `(height, width, channels)`.
        settings: The settings of the training.
        machine: Its devices.
        memory: The estimate of its memory.
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
    too_large = memory_finding(memory, input_shape)
    if too_large is not None:
        yield too_large
    if resolved(settings.device, machine) == "cpu":
        fast = any(device.is_fast_in_bfloat16 for device in machine) and not breaks_onednn
        yield from _slow_on_cpu(settings, fast)
    else:
        yield from _other_gpus(settings, machine)


def memory_finding(memory: MemoryEstimate, input_shape: tuple[int, ...]) -> Finding | None:
    """Finds that a training needs more memory than is free: it would be killed.

    Args:
        memory: The estimate of its memory.
        input_shape: The model's `(height, width, channels)`.
    """
    if not memory.images_fit:
        return Finding(
            FindingCode.IMAGES_TOO_LARGE,
            Level.ERROR,
            {
                "images": memory.num_images,
                "shape": input_shape,
                "needed": memory.images,
                "free": memory.machine_free,
            },
            can_be_forced=True,
        )
    if memory.batch_fits:
        return None
    largest = memory.largest_batch
    fitting = largest if largest is not None and largest < memory.batch_size else None
    return Finding(
        FindingCode.BATCH_TOO_LARGE,
        Level.ERROR,
        {
            "batch_size": memory.batch_size,
            "needed": memory.needed,
            "free": memory.free,
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
