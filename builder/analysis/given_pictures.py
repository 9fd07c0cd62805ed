"""Converts pictures that a person gives to a trained model to the model's input.

They are untrusted until they are decoded, which happens in a short process with limited memory.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.blocks.costs import format_shape
from builder.datasets.own_images.reasons import WORDS, Reason
from builder.datasets.own_images.target import Fit, Target
from builder.datasets.own_images.value_range import Kind, Ranges, ValueRange
from builder.system.errors import BuilderError
from builder.system.helper_process import Ended, EndedBy, run_module
from builder.system.temporary import temporary_folder

MODULE = "builder.analysis.given_pictures_child"

MAX_FILES = 12
"""The most files at a time."""
MAX_MEGABYTES = 20
"""The most bytes of a file."""
SECONDS = 30.0
MAX_MEMORY = 1_500_000_000
"""Bytes."""

ENDINGS = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff")

_FITS: Mapping[Fit, str] = {
    "stretch": "stretched to",
    "crop": "its middle cut out and brought to",
    "pad": "brought with black margins to",
}


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture as the model sees it.

    Attributes:
        name: Of its file, or what it shows.
        image: `(height, width, channels)`, values 0 to 255.
        about: What was done to it, in words.
    """

    name: str
    image: NDArray[np.uint8]
    about: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is refused.

    Attributes:
        name: Of the file.
        message: What was received and what was expected.
        fix: What to do.
    """

    name: str
    message: str
    fix: str


def target_for(shape: Sequence[int], fit: Fit = "stretch", ranges: Ranges = ()) -> Target:
    """The target of pictures for a model's input.

    Args:
        shape: The model's `(height, width, channels)`.
        fit: How another shape is converted to it.
        ranges: The values that become 0 to 255, as in the data that the model learned from.

    Raises:
        BuilderError: No picture can be converted to that.
    """
    if len(shape) != 3 or shape[2] not in (1, 3):
        raise BuilderError(
            f"the model takes {format_shape(tuple(shape))}; pictures have 1 channel (gray) or 3",
            "use a network whose input has 1 or 3 channels",
        )
    return Target(shape[0], shape[1], shape[2], fit, ranges)


def read_pictures(
    files: Sequence[tuple[str, bytes]], target: Target, most: int = MAX_FILES
) -> tuple[list[Picture], list[Refused]]:
    """Decodes files and converts them to a size and color, in a separate process.

    Args:
        files: Names and contents.
        target: The size and color.
        most: How many files to take at a time.

    Returns:
        The pictures, and the files that are not pictures; both in the files' order.
    """
    refused = [_too_many(name) for name, _ in files[most:]]
    files = files[:most]
    small = [(name, content) for name, content in files if len(content) <= MAX_MEGABYTES * 1e6]
    refused = [_too_large(*file) for file in files if file not in small] + refused
    if not small:
        return [], refused
    with temporary_folder("pictures") as folder:
        for number, (_, content) in enumerate(small):
            (folder / str(number)).write_bytes(content)
        request = {"folder": str(folder), "count": len(small), "target": asdict(target)}
        ended = run_module(
            MODULE,
            content=json.dumps(request).encode(),
            seconds=SECONDS,
            max_bytes=MAX_MEMORY,
        )
        names = [name for name, _ in small]
        if ended.by != EndedBy.ITSELF or ended.status != 0:
            return [], [_ended(name, ended) for name in names] + refused
        answers: list[dict[str, Any]] = json.loads(ended.output)
        images = np.load(folder / "images.npy", allow_pickle=False)
    given = list(zip(names, answers, strict=True))
    taken = [(name, answer) for name, answer in given if "reason" not in answer]
    pictures = [
        Picture(name, image, conversion(target=target, **answer))
        for (name, answer), image in zip(taken, images, strict=True)
    ]
    bad = [
        _refused(name, Reason(answer["reason"]), answer["detail"])
        for name, answer in given
        if "reason" in answer
    ]
    return pictures, bad + refused


def inverted(picture: Picture) -> Picture:
    """Inverts light and dark, as for writing on paper when the model knows white on black."""
    about = f"{picture.about}, light and dark exchanged"
    return Picture(picture.name, 255 - picture.image, about)


def conversion(
    height: int, width: int, gray: bool, target: Target, notes: Sequence[str] = ()
) -> str:
    """Says what is done to a picture, such as `480×640 color, stretched to 8×8, made gray`.

    Args:
        height: Of the file, in pixels.
        width: Of the file, in pixels.
        gray: Whether it has no colors.
        target: What it is converted to.
        notes: What decoding has changed.
    """
    parts = [f"{height:,}×{width:,} {'gray' if gray else 'color'}", *notes]
    size = f"{target.height}×{target.width}"
    if (height, width) == (target.height, target.width):
        parts.append("size kept")
    elif height * target.width == width * target.height:
        parts.append(f"resized to {size}")
    else:
        parts.append(f"{_FITS[target.fit]} {size}")
    if gray and target.channels == 3:
        parts.append("the gray value in all three channels")
    elif not gray and target.channels == 1:
        parts.append("made gray (0.299 R + 0.587 G + 0.114 B)")
    return ", ".join(parts)


def _refused(name: str, reason: Reason, detail: str) -> Refused:
    if reason is Reason.TOO_LARGE:
        return Refused(name, f"received {detail}", "make it smaller")
    message, fix = _REFUSALS.get(reason, ("", "save it as a PNG or JPEG"))
    return Refused(name, message or f"received no picture: it is {detail or WORDS[reason]}", fix)


_REFUSALS: Mapping[Reason, tuple[str, str]] = {
    Reason.ANIMATED: (
        "received an animation or several pages, expected one picture",
        "save one of its frames as a PNG",
    ),
    Reason.DAMAGED: ("it is damaged or cut off, expected a whole picture", "save it once more"),
    Reason.NOT_FINITE: (
        "it has values that are no numbers (NaN or infinite), expected numbers only",
        "replace them, and save it once more",
    ),
}


def range_words(kind: Kind, low: float, high: float, used: ValueRange, ranges: Ranges) -> list[str]:
    """Says how a picture's values became 0 to 255; empty where they stayed as they are.

    Args:
        kind: How its samples are written.
        low: Its smallest value.
        high: Its largest value.
        used: The range that became 0 to 255.
        ranges: The ranges of the data that the model learned from.
    """
    learned = [one for one in ranges if one.kind is not kind]
    said: list[str] = []
    if kind is not Kind.BYTE or (used.low, used.high) != (0, 255):
        said.append(used.effect)
    if kind is not Kind.BYTE and (low < used.low or high > used.high):
        said.append("values beyond are cut off")
    if used not in ranges and any(one.kind is not Kind.BYTE for one in learned):
        said.append(f"unlike the data, of which the {learned[-1].effect}")
    return said


def _too_large(name: str, content: bytes) -> Refused:
    return Refused(
        name,
        f"received {len(content) / 1e6:,.0f} MB, expected {MAX_MEGABYTES} MB at most",
        "make it smaller",
    )


def _too_many(name: str) -> Refused:
    return Refused(name, f"one too many: expected {MAX_FILES} at most", "look at the others first")


def _ended(name: str, ended: Ended) -> Refused:
    """The refusals where the process died: any of the pictures may have been too much for it."""
    what = {
        EndedBy.TIME: "took too long to decode",
        EndedBy.MEMORY: "needed too much memory to decode",
    }
    return Refused(
        name,
        f"it, or one beside it, {what.get(ended.by, 'could not be decoded')}",
        "try it alone, or save it as a smaller PNG",
    )
