"""How much memory a training takes, estimated before it starts, and the batch size that fits.

`estimate_memory` is the one estimate behind every check: what the training takes of its device,
what its images take of the machine, and what is free for both. `memory_need` is the part of it that
depends on the network alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from builder.datasets.published import Dataset, dataset
from builder.network.inference import BYTES_PER_PARAM, Inference
from builder.system.devices import Device, resolved
from builder.training.counts import DataCounts, data_counts
from builder.training.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from builder.training.settings import TrainingSettings

BASE_BYTES = 850_000_000
"""The bytes of a process with TensorFlow and a small traced network."""

GROWTH = 1.25
"""All layers' outputs, plus the gradients that are in use at a time on the way back."""

_KERAS_COPIES = 2
"""How often Keras copies the images that it evaluates, as measured (docs/decisions/0023)."""

FREE_SHARE = 0.2
"""The share of free memory that a suggested batch size leaves free."""

MAX_SUGGESTED = 512
"""The largest suggestion: larger batches usually need another learning rate and save little."""


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """The memory of a training, in bytes.

    Attributes:
        fixed: Independent of the batch size.
        per_image: For each image in a batch.
    """

    fixed: int
    per_image: int

    def at(self, batch_size: int) -> int:
        """The memory with batches of that many images."""
        return self.fixed + batch_size * self.per_image

    def largest(self, free: int, train_images: int) -> int | None:
        """The largest sensible power of two whose batches fit and leave a share of memory free.

        Args:
            free: Bytes that are free.
            train_images: The number of training images, which limits the batch.

        Returns:
            None where not even single images fit.
        """
        most = min(MAX_SUGGESTED, train_images)
        sizes = [2**power for power in range(MAX_SUGGESTED.bit_length()) if 2**power <= most]
        fitting = [size for size in sizes if self.at(size) <= free * (1 - FREE_SHARE)]
        return max(fitting, default=None)


UNKNOWN_NEED = MemoryNeed(0, 0)
"""The need of a network that cannot be estimated."""


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """What a training takes and what is free for it, in bytes.

    Attributes:
        need: What it takes of its device.
        batch_size: The batch size of the training.
        train_images: The number of training images, which limits the batch.
        num_images: How many images are held in the memory of the machine.
        images: What they take there.
        machine_free: What is free there; None where it is not known.
        free: What is free for `need` on the training's device, which on a CPU is what the images
            leave; None where it is not known.
    """

    need: MemoryNeed
    batch_size: int
    train_images: int
    num_images: int
    images: int
    machine_free: int | None
    free: int | None

    @property
    def needed(self) -> int:
        """What the training takes of its device."""
        return self.need.at(self.batch_size)

    @property
    def images_fit(self) -> bool:
        """Whether the images fit the memory of the machine, as far as is known."""
        return self.machine_free is None or self.images <= self.machine_free

    @property
    def batch_fits(self) -> bool:
        """Whether a batch fits the memory of its device, as far as is known."""
        return self.free is None or self.needed <= self.free

    @property
    def largest_batch(self) -> int | None:
        """The largest sensible batch size that fits; None where none does or nothing is known."""
        return None if self.free is None else self.need.largest(self.free, self.train_images)


def estimate_memory(
    inference: Inference, settings: TrainingSettings, machine: Sequence[Device]
) -> MemoryEstimate:
    """Estimates what a training takes of a machine, and finds what is free for it.

    Args:
        inference: A network without errors that has one input.
        settings: How it is trained.
        machine: The devices, as the training will find them.

    Raises:
        BuilderError: The settings name no data set that can be trained on.
    """
    need = memory_need(inference, settings)
    return estimate_on(machine, need, inference.input_shapes[0], settings)


def estimate_on(
    machine: Sequence[Device],
    need: MemoryNeed,
    input_shape: tuple[int, ...],
    settings: TrainingSettings,
) -> MemoryEstimate:
    """Estimates the memory from a known need of the network.

    Args:
        machine: The devices, as the training will find them.
        need: What the training takes of its device.
        input_shape: The model's `(height, width, channels)`.
        settings: How it is trained.

    Raises:
        BuilderError: The settings name no data set that can be trained on.
    """
    data, counts = dataset(settings.dataset), data_counts(settings)
    images = _image_bytes(input_shape, data, counts)
    free = {device.id: device.free for device in machine if device.memory}
    device = resolved(settings.device, machine)
    on_device = free.get(device)
    if device == "cpu" and on_device is not None:
        on_device = max(on_device - images, 0)
    return MemoryEstimate(
        need=need,
        batch_size=settings.batch_size,
        train_images=counts.train_images,
        num_images=_num_images(input_shape, data, counts),
        images=images,
        machine_free=free.get("cpu"),
        free=on_device,
    )


def memory_need(inference: Inference, settings: TrainingSettings) -> MemoryNeed:
    """Estimates the memory that a training takes.

        base + 4 · parameters + 4 · trainable parameters · (1 gradient + the optimizer's slots)
             + batch size · 1.25 · bytes of all layers' outputs of one image

    In mixed precision the outputs take half, and each weight has a copy of 2 bytes. A backend
    frees outputs as soon as it can, and takes working space for convolutions: on a CPU, six
    networks took 0.74 to 1.07 times the estimate (docs/decisions/0018-speed.md).

    Args:
        inference: A network without errors.
        settings: The settings; their optimizer and precision count.
    """
    mixed = settings.precision != "float32"
    weights = inference.total_params * (BYTES_PER_PARAM + 2 * mixed)
    learning = inference.trainable_params * BYTES_PER_PARAM * (1 + slots(settings.optimizer))
    per_image = GROWTH * inference.activation_bytes / (2 if mixed else 1)
    return MemoryNeed(BASE_BYTES + weights + learning, round(per_image))


def _image_bytes(input_shape: tuple[int, ...], data: Dataset, counts: DataCounts) -> int:
    """The most bytes of images that are held in memory, one byte for each value.

    Keras copies all validation images, and in the end all test images.
    """
    copied = _KERAS_COPIES * max(counts.val_images, counts.test_images)
    return (_num_images(input_shape, data, counts) + copied) * math.prod(input_shape)


def _num_images(input_shape: tuple[int, ...], data: Dataset, counts: DataCounts) -> int:
    """How many images are held; a person's own training images stay on disk unless resized."""
    stays_on_disk = bool(data.folder) and data.image_shape[:2] == input_shape[:2]
    num_images = counts.val_images + counts.test_images
    return num_images if stays_on_disk else num_images + counts.train_images


def purpose(batch_size: int) -> str:
    """The words after the amount, wherever the need is shown: `to train at batch 32`."""
    return f"to train at batch {batch_size:,}"


def details(need: MemoryNeed, batch_size: int) -> str:
    """The parts of the amount, for a tooltip."""
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
