"""Images as arrays: an `.npz` file with images and their classes, as NumPy saves it.

Images are read a few at a time, so that a large file needs little memory.
"""

import zipfile
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.datasets.own_images import archive
from builder.datasets.own_images.file_codes import ArrayCode
from builder.datasets.own_images.labels import Classes, read_labels
from builder.datasets.own_images.pictures import MAX_PIXELS, Header, picture_digest
from builder.datasets.own_images.raw import Raw, finite_error
from builder.datasets.own_images.reasons import NotAnImageError, Reason, Skipped
from builder.datasets.own_images.roles import WORDS, Role
from builder.datasets.own_images.source import Labels, Near, Numbers, Part, Source
from builder.datasets.own_images.stored_arrays import (
    Array,
    check,
    chunks,
    headers,
    read_whole,
    words,
)
from builder.datasets.own_images.value_range import Extent, Kind, extent
from builder.system.errors import FormatError

MAX_IMAGES = 5_000_000
_PLAIN = (
    ("images", "labels"),
    ("images", "y"),
    ("x", "y"),
    ("data", "labels"),
    ("data", "target"),
)
_PATTERNS = (
    ("x_{}", "y_{}"),
    ("{}_x", "{}_y"),
    ("{}_images", "{}_labels"),
    ("images_{}", "labels_{}"),
    ("{}_data", "{}_labels"),
    ("data_{}", "labels_{}"),
)
"""The names of the arrays of one part of a split."""
_NAMES = ("classes", "class_names", "label_names", "target_names")
_OTHER_SHAPES = {2: ArrayCode.FLAT_IMAGES, 4: ArrayCode.OTHER_CHANNELS}
"""What is wrong with image arrays of other shapes, by their number of axes."""
_KEYS = "x_train and y_train, images and labels, or x and y"


@dataclass(frozen=True, slots=True)
class _Images:
    """An array of images.

    Attributes:
        array: The array.
        height: Of one image, in pixels.
        width: Of one image, in pixels.
        channels: 1 or 3.
        first: Whether the channels come before height and width.
    """

    array: Array
    height: int
    width: int
    channels: int
    first: bool

    @property
    def kind(self) -> Kind:
        """How its values are written; true and false count as 255 and 0."""
        dtype = self.array.dtype
        if dtype.kind == "f":
            return Kind.FLOAT
        return Kind.BYTE if dtype == np.uint8 or dtype.kind == "b" else Kind.INTEGER


@contextmanager
def open_npz(path: Path, title: str) -> Generator[Source]:
    """Opens an `.npz` file of images and classes.

    Raises:
        FormatError: It is damaged or malicious, or holds no images with classes; also while it is
            read.
        OSError: It cannot be read.
    """
    with archive.opened(path, max_member=archive.MAX_BYTES) as opened:
        found = headers(opened)
        images, labels = _pair(found, (*_pairs("train"), *_PLAIN))
        given_parts = {
            name: pair
            for name in ("validation", "test")
            if (pair := _pair(found, _pairs(name), required=False)) is not None
        }
        notes: list[str] = []
        names = next((found[key] for key in _NAMES if key in found), None)
        if names is not None:
            check(names)
        given = read_whole(opened, names) if names else None
        classes = Classes(given)
        numbers = classes.add(_labels(opened, labels, images), labels.key)
        train = _part(opened, images, numbers, notes)
        parts: dict[str, Part] = {}
        for name, (pictures, targets) in given_parts.items():
            numbers = classes.add(_labels(opened, targets, pictures), targets.key, new=False)
            parts[name] = _part(opened, pictures, numbers, notes)
        used = [array for pair in ((images, labels), *given_parts.values()) for array in pair]
        used += [names] if names else []
        skipped = _skipped(opened, found.values(), used)
        said = tuple(dict.fromkeys(notes + classes.notes))
        yield Source(
            title,
            classes.names,
            train,
            parts.get("test"),
            notes=said,
            validation=parts.get("validation"),
            skipped=skipped,
        )


def _skipped(
    opened: zipfile.ZipFile, found: Iterable[Array], used: Collection[Array]
) -> tuple[Skipped, ...]:
    """The other arrays in the file."""
    kept = {array.member.filename for array in used}
    keys = {array.member.filename: array.key for array in found}
    members = (member.filename for member in archive.files(opened))
    return tuple(
        Skipped(keys.get(name, name), Reason.UNUSED) for name in members if name not in kept
    )


def _pairs(part: Role) -> list[tuple[str, str]]:
    """The usual names of the arrays of one part, the most usual first."""
    return [
        (images.format(word), labels.format(word))
        for images, labels in _PATTERNS
        for word in WORDS[part]
    ]


def _pair(
    found: Mapping[str, Array], pairs: Sequence[tuple[str, str]], *, required: bool = True
) -> Any:
    """The arrays of images and labels, by their usual names."""
    for images, labels in pairs:
        if images in found and labels in found:
            check(found[images])
            check(found[labels])
            return found[images], found[labels]
    if not required:
        return None
    if not found:
        raise FormatError(ArrayCode.NOTHING, expected=_KEYS)
    arrays = tuple(array.key for array in found.values())
    raise FormatError(ArrayCode.NO_PAIR, arrays=arrays, expected=_KEYS)


def _labels(opened: zipfile.ZipFile, labels: Array, images: Array) -> NDArray[Any]:
    num_images = images.shape[0] if images.shape else 0
    num_labels = labels.shape[0] if labels.shape else 0
    if num_images != num_labels:
        raise FormatError(
            ArrayCode.OTHER_NUMBER,
            images=images.key,
            num_images=num_images,
            labels=labels.key,
            num_labels=num_labels,
        )
    if num_images > MAX_IMAGES:
        raise FormatError(ArrayCode.TOO_MANY_IMAGES, received=num_images, most=MAX_IMAGES)
    return read_labels(read_whole(opened, labels), labels.key)


def _part(opened: zipfile.ZipFile, array: Array, labels: Labels, notes: list[str]) -> Part:
    images = _images(array, notes)

    def decode(near: Near) -> Iterator[Raw | NotAnImageError]:
        del near  # arrays are read as they are
        return _pictures(opened, images)

    def chosen(numbers: Numbers, near: Near) -> Iterator[Raw | NotAnImageError]:
        del near
        wanted = {*numbers.tolist()}
        first = zip(range(max(wanted, default=-1) + 1), _pictures(opened, images), strict=False)
        found = {number: image for number, image in first if number in wanted}
        return (found[n] for n in numbers.tolist())

    names = _Numbered(array.key, len(labels))
    return Part(labels, names, lambda: _headers(opened, images), decode, chosen)


def _headers(opened: zipfile.ZipFile, images: _Images) -> Iterator[Header | NotAnImageError]:
    """Yields the values of images, some of them at a time."""
    is_gray = images.channels == 1
    for chunk in _chunks(opened, images):
        bad = _not_finite(images, chunk)
        good = [values for values, error in zip(chunk, bad, strict=True) if error is None]
        found = _extent(images.kind, good) if good else extent(images.kind, None)
        header = Header(images.height, images.width, is_gray, found)
        for values, error in zip(chunk, bad, strict=True):
            yield error or replace(header, digest=picture_digest(values.tobytes()))


def _extent(kind: Kind, images: Sequence[NDArray[Any]]) -> Extent:
    low = min(float(image.min()) for image in images)
    return extent(kind, (low, max(float(image.max()) for image in images)))


def _pictures(opened: zipfile.ZipFile, images: _Images) -> Iterator[Raw | NotAnImageError]:
    for chunk in _chunks(opened, images):
        bad = _not_finite(images, chunk)
        shaped = chunk.transpose(0, 2, 3, 1) if images.first else chunk
        shaped = shaped.reshape(len(chunk), images.height, images.width, images.channels)
        for values, error in zip(shaped, bad, strict=True):
            gray = images.channels == 1
            yield error or Raw(images.kind, values[..., 0] if gray else values)


def _chunks(opened: zipfile.ZipFile, images: _Images) -> Iterator[NDArray[Any]]:
    for chunk in chunks(opened, images.array):
        yield chunk.astype(np.uint8) * np.uint8(255) if chunk.dtype.kind == "b" else chunk


def _not_finite(images: _Images, chunk: NDArray[Any]) -> list[NotAnImageError | None]:
    """For each image, whether some of its values are NaN."""
    if images.kind is not Kind.FLOAT or np.isfinite(chunk).all():
        return [None] * len(chunk)
    return [finite_error(image) for image in chunk]


def _images(array: Array, notes: list[str]) -> _Images:
    shape, key = array.shape, array.key
    first = False
    if len(shape) == 3:
        height, width, channels = *shape[1:], 1
    elif len(shape) == 4 and shape[3] in (1, 3):
        height, width, channels = shape[1:]
    elif len(shape) == 4 and shape[1] in (1, 3):
        channels, height, width = shape[1:]
        first = True
        notes.append("The channels of the images come first; they are moved to the end.")
    else:
        code = _OTHER_SHAPES.get(len(shape), ArrayCode.OTHER_SHAPE)
        raise FormatError(code, array=key, shape=words(shape))
    if not 0 < height * width <= MAX_PIXELS:
        code = ArrayCode.WRONG_PIXELS
        raise FormatError(code, array=key, height=height, width=width, most=MAX_PIXELS)
    if array.dtype.kind in "US":
        raise FormatError(ArrayCode.TEXTS, array=key)
    if array.dtype.kind == "b":
        notes.append("The images are of true and false, which become 255 and 0.")
    return _Images(array, height, width, channels, first)


@dataclass(frozen=True, slots=True)
class _Numbered(Sequence[str]):
    """The names of an array's images: `images[7]`."""

    key: str
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        return f"{self.key}[{range(self.length)[index]}]"
