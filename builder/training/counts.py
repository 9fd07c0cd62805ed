"""How many images and batches a training has. The exported script counts in the same way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from builder.training.datasets import dataset
from builder.training.settings import TrainingSettings


@dataclass(frozen=True, slots=True)
class DataCounts:
    """How a data set is used.

    Attributes:
        train_images: Images to learn from.
        val_images: Images kept for validation.
        batches_per_epoch: Steps in an epoch; the last batch may be smaller.
        val_of_class: Of each class, how many are kept for validation; empty where chance decides.
    """

    train_images: int
    val_images: int
    batches_per_epoch: int
    val_of_class: tuple[int, ...] = ()


def data_counts(settings: TrainingSettings) -> DataCounts:
    """Counts images and batches.

    Raises:
        BuilderError: The settings name no data set that can be trained on.
    """
    data = dataset(settings.dataset)
    val_images = math.ceil(data.num_images * settings.validation_share)
    train_images = data.num_images - val_images
    batches = math.ceil(train_images / settings.batch_size)
    of_class = spread(data.class_counts, val_images) if settings.is_stratified else ()
    return DataCounts(train_images, val_images, batches, of_class)


def spread(class_counts: Sequence[int], num_validation: int) -> tuple[int, ...]:
    """How many images of each class a stratified split keeps for validation.

    The images stand class by class, and those that are kept are spread evenly over all of them.

    Args:
        class_counts: Images of each class.
        num_validation: Images that are kept.
    """
    num_images = sum(class_counts)
    kept: list[int] = []
    seen = 0
    for count in class_counts:
        before = seen * num_validation // num_images
        seen += count
        kept.append(seen * num_validation // num_images - before)
    return tuple(kept)
