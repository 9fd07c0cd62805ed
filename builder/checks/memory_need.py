"""How much memory a training takes, estimated before it starts, and the batch size that fits.

Whoever asks gets it from here: what the training takes of its device (`memory_need`), what the
images take of the machine (`images_held`), and what is free for it (`free_memory`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from builder.datasets.published import Dataset
from builder.network.inference import BYTES_PER_PARAM, Inference
from builder.system.devices import Device, resolved
from builder.training.counts import DataCounts
from builder.training.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from builder.training.settings import TrainingSettings

BASE_BYTES = 850_000_000
"""What a process takes with TensorFlow in it and a small network traced."""

GROWTH = 1.25
"""All layers' outputs, and of the gradients on their way back only those that are in use."""

_KERAS_COPIES = 2
"""Of the images that it evaluates at once, as measured (docs/decisions/0023)."""

FREE_SHARE = 0.2
"""Of the free memory, what a suggested batch size leaves free."""

MAX_SUGGESTED = 512
"""Larger batches as a rule want another learning rate, and save little time."""


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """The memory of a training, in bytes.

    Attributes:
        fixed: Whatever the batch size is.
        per_image: For each image of a batch.
    """

    fixed: int
    per_image: int

    def at(self, batch_size: int) -> int:
        """With batches of that many images."""
        return self.fixed + batch_size * self.per_image

    def largest(self, free: int, train_images: int) -> int | None:
        """The largest sensible power of two whose batches fit and leave a share of memory free.

        Args:
            free: Bytes that are free.
            train_images: No batch is larger than that.

        Returns:
            None where not even single images fit.
        """
        most = min(MAX_SUGGESTED, train_images)
        sizes = [2**power for power in range(MAX_SUGGESTED.bit_length()) if 2**power <= most]
        fitting = [size for size in sizes if self.at(size) <= free * (1 - FREE_SHARE)]
        return max(fitting, default=None)


def memory_need(inference: Inference, settings: TrainingSettings) -> MemoryNeed:
    """Estimates the memory that a training takes.

        base + 4 · parameters + 4 · trainable parameters · (1 gradient + the optimizer's slots)
             + batch size · 1.25 · bytes of all layers' outputs of one image

    In mixed precision the outputs take half, and each weight has a copy of 2 bytes. A backend
    frees outputs as soon as it can, and takes working space for convolutions: on a CPU, six
    networks took 0.74 to 1.07 times the estimate (docs/decisions/0018-speed.md).

    Args:
        inference: A network without errors.
        settings: Whose optimizer and precision count.
    """
    mixed = settings.precision != "float32"
    weights = inference.total_params * (BYTES_PER_PARAM + 2 * mixed)
    learning = inference.trainable_params * BYTES_PER_PARAM * (1 + slots(settings.optimizer))
    per_image = GROWTH * inference.activation_bytes / (2 if mixed else 1)
    return MemoryNeed(BASE_BYTES + weights + learning, round(per_image))


def images_held(input_shape: tuple[int, ...], data: Dataset, counts: DataCounts) -> int:
    """Bytes of the images that are held in memory at most, one byte a value.

    Keras copies all images that it validates with, and in the end those that it tests with.
    """
    copied = _KERAS_COPIES * max(counts.val_images, counts.test_images)
    return (num_held(input_shape, data, counts) + copied) * math.prod(input_shape)


def num_held(input_shape: tuple[int, ...], data: Dataset, counts: DataCounts) -> int:
    """How many images are held; one's own that train stay on the disk where none is resized."""
    stays_on_disk = bool(data.folder) and data.image_shape[:2] == input_shape[:2]
    num_images = counts.val_images + counts.test_images
    return num_images if stays_on_disk else num_images + counts.train_images


def free_memory(settings: TrainingSettings, machine: Sequence[Device], held: int) -> int | None:
    """Bytes that are free on the device of a training; None where that is not known.

    Args:
        settings: What is asked for.
        machine: The devices.
        held: Bytes of the images, which lie in the memory of the machine.
    """
    wanted = resolved(settings.device, machine)
    device = next((known for known in machine if known.id == wanted), None)
    if device is None or not device.memory:
        return None
    return max(device.free - held, 0) if wanted == "cpu" else device.free


def purpose(batch_size: int) -> str:
    """What stands behind the amount wherever the need is told: `to train at batch 32`."""
    return f"to train at batch {batch_size:,}"


def details(need: MemoryNeed, batch_size: int) -> str:
    """What the amount is made of, for a tooltip."""
    learning = in_words(need.fixed - BASE_BYTES)
    outputs = in_words(batch_size * need.per_image)
    return (
        f"About {need.at(batch_size):,} bytes, an estimate: {in_words(BASE_BYTES)} for the process "
        f"itself, {learning} for weights, gradients and what the optimizer keeps of them, "
        f"{outputs} for the outputs of all layers"
    )


def slots(optimizer: Optimizer) -> int:
    """Numbers that an optimizer keeps for each weight."""
    match optimizer:
        case SGD():
            return 1 if optimizer.momentum else 0
        case Adam() | AdamW():
            return 3 if optimizer.amsgrad else 2
        case RMSprop():
            return 1 + (optimizer.momentum > 0) + optimizer.centered


def in_words(num_bytes: float) -> str:
    """Writes a size: `310 MB`, `1.2 GB`."""
    if num_bytes < 999.5e6:
        return f"{num_bytes / 1e6:,.0f} MB"
    return f"{num_bytes / 1e9:,.1f} GB"
