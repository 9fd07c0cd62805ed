"""Stores images as arrays on disk for a training to map into memory: completely or not at all."""

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np

from builder.datasets.own_images import shelf
from builder.datasets.own_images.class_warnings import class_warnings
from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.file_names import FILE_NAMES, write_file_names
from builder.datasets.own_images.fitting import fit
from builder.datasets.own_images.layout import check_counts
from builder.datasets.own_images.pictures import Header, picture_digest
from builder.datasets.own_images.raw import to_image
from builder.datasets.own_images.reasons import Listing, NotAnImageError, Skipped, listing
from builder.datasets.own_images.repeats import Repeats
from builder.datasets.own_images.shelf import OwnDataset
from builder.datasets.own_images.source import Labels, Part, PartName, Source
from builder.datasets.own_images.splits import check_certain
from builder.datasets.own_images.survey import Report, naming
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.value_range import Ranges, decide, is_plain, words
from builder.system.disk_errors import what_helps
from builder.system.errors import FormatError

Parts = Mapping[PartName, Part]

SPARE_BYTES = 500_000_000
"""Bytes of the disk that stay free."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The result of storing images.

    Attributes:
        dataset: The data set.
        was_there: Whether the same images existed already.
        left_out: Files that are no images.
    """

    dataset: OwnDataset
    was_there: bool = False
    left_out: Listing = Listing()  # noqa: RUF009  it is frozen


def store(
    source: Source,
    target: Target,
    home: Path,
    folder: Path,
    *,
    title: str = "",
    leave_out: bool = False,
    report: Report = lambda _done, _of: None,
) -> Stored:
    """Decodes all images, converts them to one size and color, and stores them.

    Args:
        source: The images.
        target: The size and color, and the values that become 0 to 255; without these the images
            are read twice.
        home: The data folder.
        folder: An empty one on the same disk, where the arrays are made; it becomes the data set.
        title: The person's name for it; empty takes the source's.
        leave_out: Leaves out what is no image, instead of refusing all.
        report: Called with the progress.

    Raises:
        FormatError: Nothing can be learned from it, a file is no image, or it was not said what
            the folders of a split are for.
        ParameterError: The title cannot be used.
        OSError: The disk is full, or something cannot be read; no data set is made.
    """
    title = shelf.checked_title(title or source.title[: shelf.MAX_TITLE])
    if source.splits is not None:
        check_certain(source.splits)
    check_counts(source.classes, *_counts(source))
    _check_room(folder, source, target)
    target = replace(target, ranges=target.ranges or _ranges(source))
    progress = _Progress(report, source.num_images)
    digest = hashlib.sha256("\0".join(source.classes).encode())
    repeats = Repeats(source, f"once they are {target.height}×{target.width}")
    learned: Parts = {name: part for name, part in source.parts.items() if name != "test"}
    writers = [_Writer(folder, shelf.IMAGES, shelf.LABELS, learned)]
    if source.test is not None:
        tested: Parts = {"test": source.test}
        writers.append(_Writer(folder, shelf.TEST_IMAGES, shelf.TEST_LABELS, tested))
    counts: dict[PartName, tuple[int, ...]] = {}
    for writer in writers:
        counts |= writer.write(target, len(source.classes), progress, repeats)
        digest.update(writer.digest.digest())
    validation = counts.get("validation", ())
    if validation:  # the same images, split in another way, are another data set
        digest.update(f"validation {sum(validation)}".encode())
    bad = listing(one for writer in writers for one in writer.bad)
    if bad.count and not leave_out:
        code = DataCode.SOME_ARE_NO_IMAGES
        raise FormatError(code, bad=bad.count, files=source.num_images, listing=str(bad))
    with naming(bad):
        check_counts(source.classes, counts["train"], counts.get("validation"))
    remarks = repeats.remarks()
    own = OwnDataset(
        id=digest.hexdigest()[:16],
        title=title,
        digest=digest.hexdigest(),
        classes=source.classes,
        height=target.height,
        width=target.width,
        channels=target.channels,
        class_counts=_sums([counts[name] for name in learned]),
        validation_class_counts=validation,
        test_class_counts=counts.get("test", ()),
        fit=target.fit,
        source=source.title,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        left_out=bad.count,
        notes=(*source.notes, *_notes(target.ranges, bad), *remarks.notes),
        warnings=(*class_warnings(source.classes, counts), *remarks.warnings),
        value_ranges=target.ranges,
    )
    write_file_names(folder, *(writer.names for writer in writers), *[[]] * (2 - len(writers)))
    return _keep(folder, own, home, bad)


def count(labels: Labels, num_classes: int) -> tuple[int, ...]:
    """The number of images of each class."""
    return tuple(np.bincount(labels, minlength=num_classes).tolist())


def _counts(source: Source) -> list[tuple[int, ...]]:
    """Images of each class to learn from, and to validate with where some were given."""
    parts = filter(None, (source.train, source.validation))
    return [count(part.labels, len(source.classes)) for part in parts]


def _sums(counts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sum(each) for each in zip(*counts, strict=True))


def _ranges(source: Source) -> Ranges:
    """Reads all values, and chooses which of them become 0 to 255."""
    headers = (header for part in source.parts.values() for header in part.headers())
    return decide(header.extent for header in headers if isinstance(header, Header))


def _notes(ranges: Ranges, bad: Listing) -> list[str]:
    """Reports what was done to the values, and what was left out."""
    said: list[str] = []
    if not is_plain(ranges):
        said.append(words(ranges))
    if bad.count:
        files = "1 file was" if bad.count == 1 else f"{bad.count:,} files were"
        said.append(f"{files} left out: {bad}.")
    return said


def _keep(folder: Path, own: OwnDataset, home: Path, bad: Listing) -> Stored:
    """Gives the folder its name, unless the same images are there already."""
    shelf.write_description(folder, own)
    target = shelf.datasets_folder(home) / own.id
    if target.exists():
        try:
            there = shelf.find(home, own.id)
            if not (target / FILE_NAMES).exists():  # kept before names were
                (folder / FILE_NAMES).replace(target / FILE_NAMES)
            return Stored(there, True, bad)
        except shelf.OwnDataError:  # damaged: these take their place
            shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
    return Stored(own, left_out=bad)


def _check_room(folder: Path, source: Source, target: Target) -> None:
    needed = source.num_images * (target.height * target.width * target.channels + 8)
    free = shutil.disk_usage(folder).free - SPARE_BYTES
    if needed > free:
        raise FormatError(
            DataCode.NO_ROOM,
            images=source.num_images,
            height=target.height,
            width=target.width,
            needed=needed / 1e9,
            free=max(0, free) / 1e9,
            what_helps=what_helps(folder),
        )


class _Progress:
    """Counts over both parts."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self._total, self._done = report, total, 0

    def step(self) -> None:
        self._report(self._done, self._total)
        self._done += 1


class _Writer:
    """Writes parts one behind the other, image by image, so that a full disk is told as such.

    Attributes:
        digest: Of what was written.
        bad: What is no image.
        names: Of the files of what was written, in that order.
    """

    def __init__(self, folder: Path, images: str, labels: str, parts: Parts) -> None:
        self._images, self._labels, self._parts = folder / images, folder / labels, parts
        self.digest = hashlib.sha256()
        self.bad: list[Skipped] = []
        self.names: list[str] = []

    def write(
        self, target: Target, num_classes: int, progress: _Progress, repeats: Repeats
    ) -> dict[PartName, tuple[int, ...]]:
        """Writes all parts, and returns how many images of each class they have."""
        with self._images.open("wb") as file:
            _write_header(file, (sum(map(len, self._parts.values())), *target.shape))
            each: dict[PartName, Labels] = {
                name: self._write_part(file, name, target, progress, repeats)
                for name in self._parts
            }
            labels = np.concatenate([*each.values()])
            file.seek(0)  # how many there are is known only now
            _write_header(file, (len(labels), *target.shape))
            file.flush()
            os.fsync(file.fileno())
        self.digest.update(np.array([len(labels), *target.shape], dtype="<i8").tobytes())
        self.digest.update(labels.astype("<i8").tobytes())
        np.save(self._labels, labels)
        return {name: count(found, num_classes) for name, found in each.items()}

    def _write_part(
        self,
        file: BinaryIO,
        name: PartName,
        target: Target,
        progress: _Progress,
        repeats: Repeats,
    ) -> Labels:
        """Writes the images of a part, and returns the labels of those that are images."""
        part = self._parts[name]
        kept: list[int] = []
        for index, image in enumerate(part.pictures((target.height, target.width))):
            progress.step()
            if isinstance(image, NotAnImageError):
                self.bad.append(Skipped(part.names[index], image.reason, image.detail))
                continue
            data = fit(to_image(image, target.ranges), target).tobytes()
            self.digest.update(data)
            file.write(data)
            repeats.add(picture_digest(data), name, index)
            kept.append(index)
            self.names.append(part.names[index])
        return part.labels[kept]


def _write_header(file: BinaryIO, shape: tuple[int, ...]) -> None:
    """Writes the header of a `.npy`, which has the same length for any number of images."""
    described = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
