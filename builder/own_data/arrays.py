"""Images that are arrays: an `.npz` file with images and their classes, as NumPy saves it.

Images are read a few at a time, so that a large file needs little memory.
"""

import zipfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.errors import FormatError, shown
from builder.own_data import archive
from builder.own_data.labels import Classes, read_labels
from builder.own_data.pictures import MAX_PIXELS, Header, NotAnImageError
from builder.own_data.source import Labels, Near, Numbers, Part, Source
from builder.own_data.splits import WORDS, Role
from builder.own_data.stored_arrays import SAVE, Array, chunks, headers, read_whole, words

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
"""How the arrays of one part of a split are called."""
_NAMES = ("classes", "class_names", "label_names", "target_names")
_KEYS = "x_train and y_train, images and labels, or x and y"


@dataclass(frozen=True, slots=True)
class _Images:
    """An array of images, and how its values become 0 to 255.

    Attributes:
        array: The array.
        height: Of one image, in pixels.
        width: Of one image, in pixels.
        channels: 1 or 3.
        first: Whether the channels come before height and width.
        factor: What a value is multiplied by.
    """

    array: Array
    height: int
    width: int
    channels: int
    first: bool
    factor: float


@contextmanager
def open_npz(path: Path, title: str) -> Generator[Source]:
    """Opens an `.npz` file of images and classes.

    Raises:
        FormatError: It is damaged, made to do harm, or holds no images with classes; also while
            it is read.
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
        given = read_whole(opened, names) if names else None
        classes = Classes(given)
        numbers = classes.add(_labels(opened, labels, images), labels.key)
        train = _part(opened, images, numbers, notes)
        parts: dict[str, Part] = {}
        for name, (pictures, targets) in given_parts.items():
            numbers = classes.add(_labels(opened, targets, pictures), targets.key, new=False)
            parts[name] = _part(opened, pictures, numbers, notes)
        used = {array.key for pair in ((images, labels), *given_parts.values()) for array in pair}
        used |= {names.key} if names else set()
        outside = tuple(array.key for array in found.values() if array.key not in used)
        said = tuple(dict.fromkeys(notes + classes.notes))
        yield Source(
            title,
            classes.names,
            train,
            parts.get("test"),
            outside,
            said,
            parts.get("validation"),
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
            return found[images], found[labels]
    if not required:
        return None
    names = ", ".join(shown(array.key) for array in list(found.values())[:8]) or "no array"
    raise FormatError(f"the file holds {names}, expected {_KEYS}", SAVE)


def _labels(opened: zipfile.ZipFile, labels: Array, images: Array) -> NDArray[Any]:
    num_images = images.shape[0] if images.shape else 0
    num_labels = labels.shape[0] if labels.shape else 0
    if num_images != num_labels:
        raise FormatError(
            f"{shown(images.key)} holds {num_images:,} images, {shown(labels.key)} "
            f"{num_labels:,} labels, expected the same number",
        )
    if num_images > MAX_IMAGES:
        raise FormatError(f"received {num_images:,} images, expected at most {MAX_IMAGES:,}")
    return read_labels(read_whole(opened, labels), labels.key)


def _part(opened: zipfile.ZipFile, array: Array, labels: Labels, notes: list[str]) -> Part:
    images = _images(opened, array, notes)
    header = Header(images.height, images.width, images.channels == 1)

    def each_header() -> Iterator[Header | NotAnImageError]:
        return (header for _ in range(len(labels)))

    def decode(near: Near) -> Iterator[Image.Image]:
        del near  # arrays are read as they are
        return _pictures(opened, images)

    def chosen(numbers: Numbers, near: Near) -> Iterator[Image.Image]:
        del near
        wanted = {*numbers.tolist()}
        first = zip(range(max(wanted, default=-1) + 1), _pictures(opened, images), strict=False)
        found = {number: image for number, image in first if number in wanted}
        return (found[n] for n in numbers.tolist())

    names = _Numbered(array.key, len(labels))
    return Part(labels, names, each_header, decode, chosen)


def _pictures(opened: zipfile.ZipFile, images: _Images) -> Iterator[Image.Image]:
    for chunk in chunks(opened, images.array):
        values = chunk if images.factor == 1 else chunk * images.factor
        if values.dtype.kind == "f":
            values = np.round(values)
        values = values.astype(np.uint8).reshape(len(chunk), *images.array.shape[1:])
        if images.first:
            values = values.transpose(0, 2, 3, 1)
        grey = images.channels == 1
        for one in values.reshape(len(chunk), images.height, images.width, images.channels):
            yield Image.fromarray(np.ascontiguousarray(one[..., 0] if grey else one))


def _images(opened: zipfile.ZipFile, array: Array, notes: list[str]) -> _Images:
    shape, what = array.shape, shown(array.key)
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
        raise FormatError(
            f"the array {what} has the shape {words(shape)}, expected images×height×width, or "
            "that with 1 or 3 channels",
        )
    if not 0 < height * width <= MAX_PIXELS:
        raise FormatError(
            f"the images of {what} have {height:,}×{width:,} pixels, expected 1 to {MAX_PIXELS:,}"
        )
    return _Images(array, height, width, channels, first, _factor(opened, array, notes))


def _factor(opened: zipfile.ZipFile, array: Array, notes: list[str]) -> float:
    """Looks at all values: what they have to be multiplied by to be 0 to 255."""
    kind, what = array.dtype.kind, shown(array.key)
    if kind in "US":
        raise FormatError(f"the array {what} holds texts, expected numbers", SAVE)
    if array.dtype == np.uint8:
        return 1
    if kind == "b":
        notes.append("The images are of true and false, which become 255 and 0.")
        return 255
    low, high = 0.0, 0.0
    for chunk in chunks(opened, array):
        least, most = float(chunk.min(initial=0)), float(chunk.max(initial=0))
        if not (np.isfinite(least) and np.isfinite(most)):
            raise FormatError(
                f"the array {what} holds values that are no numbers (NaN or infinite)",
                "replace them: np.nan_to_num(images)",
            )
        low, high = min(low, least), max(high, most)
    if low < 0 or high > 255:
        raise FormatError(
            f"the values of {what} go from {low:,.6g} to {high:,.6g}, expected 0 to 255, or 0 to 1",
            "undo what was done to the pixels, then save them as uint8",
        )
    if kind == "f" and high <= 1:
        notes.append("The images have values from 0 to 1, which become 0 to 255.")
        return 255
    notes.append(f"The images have values from 0 to 255 as {array.dtype.name}, which are rounded.")
    return 1


@dataclass(frozen=True, slots=True)
class _Numbered(Sequence[str]):
    """The names of an array's images: `images[7]`."""

    key: str
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        return f"{self.key}[{range(self.length)[index]}]"
