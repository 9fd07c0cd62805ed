"""How many images and batches a training has. The exported script counts in the same way."""

import math
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
    """

    train_images: int
    val_images: int
    batches_per_epoch: int


def data_counts(settings: TrainingSettings) -> DataCounts:
    """Counts images and batches.

    Raises:
        ParameterError: The settings name no data set that can be trained on.
    """
    num_images = dataset(settings.dataset).num_images
    val_images = math.ceil(num_images * settings.validation_share)
    train_images = num_images - val_images
    return DataCounts(train_images, val_images, math.ceil(train_images / settings.batch_size))
