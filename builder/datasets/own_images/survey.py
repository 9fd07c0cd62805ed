"""A first look at what a person brought: classes, sizes, what is not taken, and some samples."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from builder.datasets.own_images.class_warnings import class_warnings
from builder.datasets.own_images.dark import with_bytes_measured
from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.layout import check_counts
from builder.datasets.own_images.masks import check_masks
from builder.datasets.own_images.pictures import Header
from builder.datasets.own_images.reasons import (
    Listing,
    NotAnImageError,
    Reason,
    Skipped,
    listing,
)
from builder.datasets.own_images.repeats import Repeats
from builder.datasets.own_images.samples import SIDE, write_sample
from builder.datasets.own_images.source import Part, PartName, Source, varied
from builder.datasets.own_images.splits import SplitFolders
from builder.datasets.own_images.traits import Traits
from builder.datasets.own_images.value_range import Extent, Ranges, decide
from builder.system.errors import FormatError

NUM_SAMPLES = 8

Report = Callable[[int, int], None]
"""Told how many of how many images are done."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture to look at.

    Attributes:
        file: Its name in the folder of the survey.
        label: The number of its class.
    """

    file: str
    label: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        title: A name for it.
        classes: The names, in the order of their numbers.
        counts: Images of each class to learn from; also to validate with, where no validation set
            was given.
        test_counts: Images of each class for a last test; empty where there are none.
        sizes: The most frequent `(height, width, images)`, the most frequent first.
        num_sizes: How many different sizes there are.
        smallest: `(height, width)` of the image with the fewest pixels.
        largest: `(height, width)` of the image with the most pixels.
        num_gray: Images without colors.
        bad: Files that are no images.
        outside: What else is not used: files of no class, hidden ones, empty folders.
        notes: What a person should know, in sentences.
        samples: Some pictures, of as many classes as possible.
        validation_counts: Images of each class to validate with, not among `counts`; empty where
            no validation set was given.
        splits: Folders that divide the images, or may do so; None where there are none.
        extents: The values that the images have, for each kind of them.
        warnings: What spoils a training or its figures, in sentences.
    """

    title: str
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    test_counts: tuple[int, ...]
    sizes: tuple[tuple[int, int, int], ...]
    num_sizes: int
    smallest: tuple[int, int]
    largest: tuple[int, int]
    num_gray: int
    bad: Listing
    outside: Listing
    notes: tuple[str, ...]
    samples: tuple[Sample, ...] = ()
    validation_counts: tuple[int, ...] = ()
    splits: SplitFolders | None = None
    extents: tuple[Extent, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ranges(self) -> Ranges:
        """The values that become 0 to 255 unless a person says otherwise."""
        return decide(self.extents)

    @property
    def num_images(self) -> int:
        """Those that are images, of all parts."""
        return sum(self.counts) + sum(self.validation_counts) + sum(self.test_counts)

    @property
    def channels(self) -> int:
        """1 where no image has colors, else 3."""
        return 1 if self.num_gray == self.num_images else 3

    def values(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return asdict(self)

    @classmethod
    def create(cls, values: Any) -> "Survey":
        """Reads what `values` gave."""
        return TypeAdapter(cls).validate_python(values)


def survey(source: Source, folder: Path, report: Report = lambda _done, _of: None) -> Survey:
    """Looks at every image's header, and decodes a few.

    Args:
        source: What was brought.
        folder: Where the samples go.
        report: Told of the progress.

    Raises:
        FormatError: Nothing can be learned from it.
        OSError: It cannot be read, or the samples cannot be written.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    bad: list[Skipped] = []
    traits, repeats = Traits(), Repeats(source, "to the byte")
    num_gray, done = 0, 0
    counts: dict[PartName, tuple[int, ...]] = {}
    good = np.ones(len(source.train), dtype=bool)
    for name, part in source.parts.items():
        found = np.zeros(len(source.classes), dtype=np.int64)
        for index, header in enumerate(part.headers()):
            report(done, source.num_images)
            done += 1
            if isinstance(header, Header):
                sizes[header.height, header.width] += 1
                num_gray += header.is_gray
                label = int(part.labels[index])
                found[label] += 1
                traits.add(name, source.classes[label], part.names[index], header)
                repeats.add(header.digest, name, index)
                continue
            bad.append(Skipped(part.names[index], header.reason, header.detail))
            if part is source.train:
                good[index] = False
        counts[name] = tuple(found.tolist())
    if bad and not sizes:
        raise FormatError(DataCode.ALL_ARE_NO_IMAGES, files=len(bad), listing=str(listing(bad)))
    with naming(listing(bad)):
        check_counts(source.classes, counts["train"], counts.get("validation"))
    check_masks(source)
    remarks = repeats.remarks()
    by_pixels = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    return Survey(
        title=source.title,
        classes=source.classes,
        counts=counts["train"],
        test_counts=counts.get("test", ()),
        sizes=tuple((*size, count) for size, count in sizes.most_common(5)),
        num_sizes=len(sizes),
        smallest=by_pixels[0],
        largest=by_pixels[-1],
        num_gray=num_gray,
        bad=listing(bad),
        outside=listing(
            (*(Skipped(name, Reason.NO_CLASS) for name in source.outside), *source.skipped)
        ),
        notes=(*source.notes, *traits.notes(), *remarks.notes),
        samples=tuple(_samples(source.train, good, folder)),
        validation_counts=counts.get("validation", ()),
        splits=source.splits,
        extents=with_bytes_measured(traits.extents, source),
        warnings=(*class_warnings(source.classes, counts), *remarks.warnings),
    )


@contextmanager
def naming(bad: Listing) -> Generator[None]:
    """Adds what is no image to a refusal, as that may be why too little is left."""
    try:
        yield
    except FormatError as error:
        if not bad.count:
            raise
        code = DataCode.BESIDE_NO_IMAGES
        raise FormatError(code, inner=error.problem, listing=str(bad)) from error


def _samples(part: Part, good: "np.ndarray[Any, Any]", folder: Path) -> Iterator[Sample]:
    """Writes some pictures, small, in the order of their classes."""
    candidates = np.flatnonzero(good)
    chosen = candidates[varied(part.labels[candidates], NUM_SAMPLES)]
    pictures = part.chosen(chosen, (SIDE, SIDE))
    for index, image in zip(chosen.tolist(), pictures, strict=True):
        if not isinstance(image, NotAnImageError):
            file = write_sample(folder / f"sample-{index}", image)
            yield Sample(file, int(part.labels[index]))
