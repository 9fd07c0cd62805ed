"""A source of images of any kind: their classes, and the images one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from builder.datasets.own_images.pictures import Header
from builder.datasets.own_images.raw import Raw
from builder.datasets.own_images.reasons import NotAnImageError, Skipped
from builder.datasets.own_images.splits import SplitFolders

Labels = NDArray[np.int64]
Near = tuple[int, int] | None
Numbers = NDArray[np.intp]
PartName = Literal["train", "validation", "test"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The images of a training, validation or test set.

    Attributes:
        labels: The number of each image's class.
        names: The name of each image.
        headers: Yields the header of each image, or why it is not used.
        pictures: Decodes all images, near a `(height, width)`, one after the other; for damaged
            ones it yields the reason why they are not used.
        chosen: The same for a few of them, by their numbers.
    """

    labels: Labels
    names: Sequence[str]
    headers: Callable[[], Iterator[Header | NotAnImageError]]
    pictures: Callable[[Near], Iterator[Raw | NotAnImageError]]
    chosen: Callable[[Numbers, Near], Iterator[Raw | NotAnImageError]]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A person's images.

    Attributes:
        title: A name for it, from the file's or the folder's.
        classes: The names, in the order of their numbers.
        train: For training; also for validation if there is no validation set.
        test: For a last test; None where none was given.
        outside: Files that belong to no class.
        notes: Messages for the person.
        validation: To validate with; None where none was given.
        splits: Folders that divide the images, or may do so; None where there are none.
        skipped: What else is not used: hidden files, circular links, empty folders.
    """

    title: str
    classes: tuple[str, ...]
    train: Part
    test: Part | None
    outside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    validation: Part | None = None
    splits: SplitFolders | None = None
    skipped: tuple[Skipped, ...] = ()

    @property
    def parts(self) -> dict[PartName, Part]:
        """Those that there are."""
        named: dict[PartName, Part | None] = {
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
        }
        return {name: part for name, part in named.items() if part is not None}

    @property
    def num_images(self) -> int:
        """Of all parts."""
        return sum(map(len, self.parts.values()))


def varied(labels: Labels, count: int) -> Numbers:
    """Picks images in rounds, one of each class per round, in the order of their classes."""
    round_of = np.zeros(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        where = np.flatnonzero(labels == label)
        round_of[where] = np.arange(len(where))
    return np.lexsort((labels, round_of))[:count]
