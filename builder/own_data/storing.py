"""Turns images into arrays on disk that a training maps into its memory: whole or not at all."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from builder.errors import FormatError
from builder.own_data import shelf
from builder.own_data.layout import check_counts
from builder.own_data.pictures import Target, fit
from builder.own_data.shelf import OwnDataset
from builder.own_data.source import Labels, Part, Source
from builder.own_data.survey import MAX_LISTED, Report

SPARE_BYTES = 500_000_000
"""Of the disk, which stay free."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the images.

    Attributes:
        dataset: The data set.
        was_there: Whether the same images were there already.
    """

    dataset: OwnDataset
    was_there: bool = False


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
    """Decodes all images, brings them to one size and colour, and keeps them.

    Args:
        source: What was brought.
        target: The size and colour.
        home: The data folder.
        folder: An empty one on the same disk, where the arrays are made; it becomes the data set.
        title: As the person calls it; empty takes the source's.
        leave_out: Leaves out what is no image, instead of refusing all.
        report: Told of the progress.

    Raises:
        FormatError: Nothing can be learnt from it, or a file is no image.
        ParameterError: The title cannot be used.
        OSError: The disk is full, or something cannot be read; no data set is made.
    """
    title = shelf.checked_title(title or source.title[: shelf.MAX_TITLE])
    check_counts(source.classes, count(source.train.labels, len(source.classes)))
    _check_room(folder, source, target)
    progress = _Progress(report, source.num_images)
    digest = hashlib.sha256("\0".join(source.classes).encode())
    writers = [_Writer(folder, shelf.IMAGES, shelf.LABELS, source.train)]
    if source.test is not None:
        writers.append(_Writer(folder, shelf.TEST_IMAGES, shelf.TEST_LABELS, source.test))
    for writer in writers:
        writer.write(target, len(source.classes), progress)
        digest.update(writer.digest.digest())
    bad = [name for writer in writers for name in writer.bad]
    if bad and not leave_out:
        raise FormatError(
            f"{len(bad):,} of {source.num_images:,} files "
            f"{'is no image' if len(bad) == 1 else 'are no images'}: "
            f"{', '.join(bad[:MAX_LISTED])}{' …' if len(bad) > MAX_LISTED else ''}",
            "leave them out, or mend them",
        )
    check_counts(source.classes, writers[0].counts)
    own = OwnDataset(
        id=digest.hexdigest()[:16],
        title=title,
        digest=digest.hexdigest(),
        classes=source.classes,
        height=target.height,
        width=target.width,
        channels=target.channels,
        class_counts=writers[0].counts,
        test_class_counts=writers[1].counts if len(writers) > 1 else (),
        fit=target.fit,
        source=source.title,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        left_out=len(bad),
        notes=source.notes,
    )
    return _keep(folder, own, home)


def count(labels: Labels, num_classes: int) -> tuple[int, ...]:
    """How many images of each class there are."""
    return tuple(np.bincount(labels, minlength=num_classes).tolist())


def _keep(folder: Path, own: OwnDataset, home: Path) -> Stored:
    """Gives the folder its name, unless the same images are there already."""
    shelf.write_description(folder, own)
    target = shelf.datasets_folder(home) / own.id
    if target.exists():
        try:
            return Stored(shelf.find(home, own.id), was_there=True)
        except shelf.OwnDataError:  # damaged: these take their place
            shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
    return Stored(own)


def _check_room(folder: Path, source: Source, target: Target) -> None:
    needed = source.num_images * (target.height * target.width * target.channels + 8)
    free = shutil.disk_usage(folder).free - SPARE_BYTES
    if needed > free:
        raise FormatError(
            f"{source.num_images:,} images of {target.height}×{target.width} need "
            f"{needed / 1e9:,.1f} GB on the disk, {max(0, free) / 1e9:,.1f} GB are free",
            "choose a smaller size, or make room",
        )


class _Progress:
    """Counts over both parts."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self._total, self._done = report, total, 0

    def step(self) -> None:
        self._report(self._done, self._total)
        self._done += 1


class _Writer:
    """Writes one part, image by image, so that a full disk is told as such.

    Attributes:
        digest: Of what was written.
        bad: The names of what is no image, with the reason.
        counts: Images of each class.
    """

    def __init__(self, folder: Path, images: str, labels: str, part: Part) -> None:
        self._images, self._labels, self._part = folder / images, folder / labels, part
        self.digest = hashlib.sha256()
        self.bad: list[str] = []
        self.counts: tuple[int, ...] = ()

    def write(self, target: Target, num_classes: int, progress: _Progress) -> None:
        kept: list[int] = []
        near = (target.height, target.width)
        with self._images.open("wb") as file:
            _write_header(file, (len(self._part), *target.shape))
            for index, image in enumerate(self._part.pictures(near)):
                progress.step()
                if not isinstance(image, Image.Image):
                    self.bad.append(f"{self._part.names[index]} ({image})")
                    continue
                data = fit(image, target).tobytes()
                self.digest.update(data)
                file.write(data)
                kept.append(index)
            file.seek(0)  # how many there are is known only now
            _write_header(file, (len(kept), *target.shape))
            file.flush()
            os.fsync(file.fileno())
        labels = self._part.labels[kept]
        self.digest.update(np.array([len(kept), *target.shape], dtype="<i8").tobytes())
        self.digest.update(labels.astype("<i8").tobytes())
        np.save(self._labels, labels)
        self.counts = count(labels, num_classes)


def _write_header(file: BinaryIO, shape: tuple[int, ...]) -> None:
    """Writes the header of a `.npy`, which has the same length for any number of images."""
    described = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
