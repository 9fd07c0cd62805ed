"""Some images to try a trained model on, for a person who has none at hand.

At its end, a training leaves the first validation images of each class in the run's folder. For one
that was stopped, images of the data set take their place.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.analysis import evaluation
from builder.analysis.array_files import read_arrays, write_arrays
from builder.datasets.own_images.fitting import fit
from builder.datasets.own_images.source import varied
from builder.datasets.own_images.target import Target
from builder.datasets.samples import samples
from builder.runs.run_folder import Run
from builder.system.errors import BuilderError
from builder.system.formats import Format, NewerVersionError, declare

EXAMPLES = "examples.npz"
EXAMPLES_FORMAT = declare(Format("example images", (f"runs/*/{EXAMPLES}",)))
NUM_EXAMPLES = 20
MAX_BYTES = 80_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An image whose class is known.

    Attributes:
        image: As the model sees it, `(height, width, channels)`, values 0 to 255.
        true: The number of its class.
        chosen: The class that the model predicted at the end of the training; None for an image
            that is not one of the mistakes.
        is_validation: Whether it was certainly not used to train.
    """

    image: NDArray[np.uint8]
    true: int
    chosen: int | None = None
    is_validation: bool = True


def save(folder: Path, images: NDArray[Any], labels: NDArray[Any]) -> None:
    """Leaves the first images of each class in a run's folder.

    Args:
        folder: The run's folder.
        images: The model's inputs, `(count, height, width, channels)`, values 0 to 255.
        labels: Class numbers, `(count,)` or `(count, 1)`, or one-hot, `(count, classes)`.
    """
    numbers = evaluation.class_numbers(np.asarray(labels))
    chosen = varied(numbers, NUM_EXAMPLES)
    pixels = np.clip(np.round(np.asarray(images[chosen], np.float64)), 0, 255)
    arrays = {"images": pixels.astype(np.uint8), "labels": numbers[chosen]}
    write_arrays(folder / EXAMPLES, EXAMPLES_FORMAT, arrays)


def examples(run: Run, shape: tuple[int, int, int], num_classes: int) -> list[Example]:
    """The worst mistakes of a run and some images of each class; empty where there are none.

    Args:
        run: The run.
        shape: The network's input; images of another shape are left out.
        num_classes: How many it distinguishes; images of other classes are left out.
    """
    found = [*_mistakes(run), *(_kept(run.folder) or _of_data(run, shape))]
    return [
        one
        for one in found
        if one.image.shape == shape and 0 <= one.true < num_classes > (one.chosen or 0)
    ]


def _mistakes(run: Run) -> list[Example]:
    left = evaluation.load(run.folder)
    if left is None:
        return []
    rows = zip(left.images, left.true, left.chosen, strict=True)
    return [Example(image, int(true), int(chosen)) for image, true, chosen in rows]


def _kept(folder: Path) -> list[Example]:
    names = ("images", "labels")
    try:
        arrays = read_arrays(folder / EXAMPLES, EXAMPLES_FORMAT, names, MAX_BYTES)
    except NewerVersionError:  # others of the data set take their place
        return []
    if arrays is None:
        return []
    images, labels = arrays["images"], arrays["labels"]
    if images.dtype != np.uint8 or labels.shape != images.shape[:1]:
        return []
    return [Example(image, int(label)) for image, label in zip(images, labels, strict=True)]


def _of_data(run: Run, shape: tuple[int, int, int]) -> list[Example]:
    """Images of the data set; the training may have seen them."""
    if run.settings is None:
        return []
    try:
        target = Target(*shape)
        found = samples(run.settings.dataset, NUM_EXAMPLES)
    except BuilderError:
        return []
    if found is None:
        return []
    images = [
        fit(Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image), target)
        for image in found.images
    ]
    return [
        Example(image, int(label), is_validation=False)
        for image, label in zip(images, found.labels, strict=True)
    ]
