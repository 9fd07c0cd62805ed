"""Counts the images and batches of a training, as the exported script does."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from builder.datasets.published import dataset
from builder.training.settings import TrainingSettings


@dataclass(frozen=True, slots=True)
class DataCounts:
    """How a data set is used.

    Attributes:
        train_images: Images to learn from.
        val_images: Images kept for validation.
        batches_per_epoch: Steps in an epoch; the last batch may be smaller.
        val_of_class: How many of each class are kept for validation; empty where chance decides.
        test_images: Images for one last test.
        test_of_class: How many of each class are taken from the training images.
        validation_is_given: Whether the validation images are the set that came with the images.
    """

    train_images: int
    val_images: int
    batches_per_epoch: int
    val_of_class: tuple[int, ...] = ()
    test_images: int = 0
    test_of_class: tuple[int, ...] = ()
    validation_is_given: bool = False


def data_counts(settings: TrainingSettings) -> DataCounts:
    """Counts images and batches.

    Raises:
        BuilderError: The settings name no data set that can be trained on.
    """
    data = dataset(settings.dataset)
    given = settings.uses_given_validation(data)
    drawn = math.ceil(data.num_images * settings.validation_share)
    val_images = data.num_validation_images if given else drawn
    taken = 0 if data.has_own_test else math.ceil(data.num_images * settings.test_share)
    train_images = data.num_images - val_images - taken
    batches = math.ceil(train_images / settings.batch_size)
    tested = data.num_test_images if data.has_own_test else taken
    by_chance = not settings.is_stratified and (taken or not given)
    if by_chance or train_images < 0:
        return DataCounts(train_images, val_images, batches, (), tested, (), given)
    stratified = spread(data.class_counts, val_images)
    val_of_class = data.validation_class_counts if given else stratified
    rest = [count - kept for count, kept in zip(data.class_counts, val_of_class, strict=True)]
    of_class = spread(rest, taken)
    return DataCounts(train_images, val_images, batches, val_of_class, tested, of_class, given)


def spread(class_counts: Sequence[int], num_kept: int) -> tuple[int, ...]:
    """How many images of each class a stratified split keeps.

    The images are ordered by class, and the kept ones are spread evenly over all of them.

    Args:
        class_counts: Images of each class.
        num_kept: How many are kept in total.
    """
    num_images = max(1, sum(class_counts))
    kept: list[int] = []
    seen = 0
    for count in class_counts:
        before = seen * num_kept // num_images
        seen += count
        kept.append(seen * num_kept // num_images - before)
    return tuple(kept)
