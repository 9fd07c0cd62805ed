"""Where images come from, whatever it is: their classes, and the images one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.own_data.pictures import Header, NotAnImageError

Labels = NDArray[np.int64]
Near = tuple[int, int] | None
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The images to learn from, or those of a test set.

    Attributes:
        labels: The number of each image's class.
        names: What each image is called.
        headers: Gives for each image what it says of itself, or why it is not taken.
        pictures: Decodes all images, near a `(height, width)`, one after the other; damaged ones
            come as the reason why they are not taken.
        chosen: The same for a few of them, by their numbers.
    """

    labels: Labels
    names: Sequence[str]
    headers: Callable[[], Iterator[Header | NotAnImageError]]
    pictures: Callable[[Near], Iterator[Image.Image | NotAnImageError]]
    chosen: Callable[[Numbers, Near], Iterator[Image.Image | NotAnImageError]]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What a person brought.

    Attributes:
        title: A name for it, from the file's or the folder's.
        classes: The names, in the order of their numbers.
        train: To learn from and to validate with.
        test: For a last test; None where none was given.
        outside: Files that belong to no class.
        notes: What a person should know, in sentences.
    """

    title: str
    classes: tuple[str, ...]
    train: Part
    test: Part | None
    outside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def num_images(self) -> int:
        """Of both parts."""
        return len(self.train) + (len(self.test) if self.test else 0)
