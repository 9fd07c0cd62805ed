"""A single image: its header, and its values, decoded within limits."""

import hashlib
import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
)
from PIL.WebPImagePlugin import WebPImageFile

from builder.datasets.own_images import deep_color
from builder.datasets.own_images.raw import Raw, finite_error, to_image
from builder.datasets.own_images.reasons import NotAnImageError, Reason
from builder.datasets.own_images.value_range import (
    Extent,
    Kind,
    Ranges,
    extent,
)

# The classes are named so that their modules, which register the formats, are certain to be there.
FORMATS = tuple(
    str(kind.format)
    for kind in (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        BmpImagePlugin.BmpImageFile,
        GifImagePlugin.GifImageFile,
        TiffImagePlugin.TiffImageFile,
        WebPImageFile,
    )
)
"""The formats that are decoded; of several frames or pages, the first is used."""

MAX_PIXELS = 64_000_000
"""The most pixels of an image before it is resized; decoded it takes about 250 MB."""
_BEGINNINGS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rb"\x89PNG",
        rb"\xff\xd8\xff",
        rb"BM",
        rb"GIF8",
        rb"II\*\0|MM\0\*",
        rb"RIFF....WEBP",
    )
)
"""The first bytes of these formats, including those that cannot be decoded."""

_GRAY = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"})
_INTEGERS = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})
_PNG_NOTES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt"})
"""The chunks of a PNG that may hold its orientation."""
_SEVERAL_VIEWS = "MPO"
"""A photograph that some phones write, with further views of the same scene."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known about an image before it is stored.

    Attributes:
        height: In pixels, upright.
        width: In pixels, upright.
        is_gray: Whether it has no colors.
        extent: The values that it has.
        has_more_frames: Whether it is an animation, or has several pages.
        is_transparent: Whether it is transparent in places.
        digest: The same for the same picture, from `picture_digest`; empty where unknown.
    """

    height: int
    width: int
    is_gray: bool
    extent: Extent = extent(Kind.BYTE, None)  # noqa: RUF009  it is frozen
    has_more_frames: bool = False
    is_transparent: bool = False
    digest: bytes = b""


def picture_digest(content: bytes) -> bytes:
    """What tells pictures apart, of the bytes of a file or of its pixels."""
    return hashlib.blake2b(content, digest_size=16).digest()


def header(content: bytes) -> Header:
    """Reads what an image says of itself; where its format leaves that open, also its values.

    Raises:
        NotAnImageError: It is not an image, or not of an accepted format.
    """
    image = _open(content)
    is_gray = image.mode in _GRAY or deep_color.is_gray(image)
    if _kind(image) is Kind.BYTE:
        found = extent(Kind.BYTE, None)
        width, height = image.size
        if _orientation(image, content) >= 5:
            width, height = height, width
    else:
        raw = read(content)
        found = raw.extent()
        height, width = raw.values.shape[:2]
    return Header(
        height,
        width,
        is_gray,
        found,
        _has_more_frames(image),
        image.has_transparency_data,
        picture_digest(content),
    )


def decode(content: bytes, near: tuple[int, int] | None = None, ranges: Ranges = ()) -> Image.Image:
    """Decodes an image to 8 bits, gray or color, upright, and on white where it is transparent.

    Args:
        content: The file.
        near: The `(height, width)` that it will be brought to, if known: a large JPEG is then
            decoded to about twice that only.
        ranges: The values that become 0 to 255; for a kind without a range its own values tell.

    Raises:
        NotAnImageError: It is none, none that is taken, or damaged.
    """
    return to_image(read(content, near), ranges)


def read(content: bytes, near: tuple[int, int] | None = None) -> Raw:
    """Decodes an image, upright, with the values that stand in the file.

    Args:
        content: The file.
        near: As `decode` takes it.

    Raises:
        NotAnImageError: It is none, none that is taken, damaged, or has values that are no
            numbers.
    """
    image = _open(content)
    try:
        if deep_color.is_deep(image):
            values, alpha = deep_color.read(image, _open(content))
            return Raw(Kind.INTEGER, values, alpha)
        if near is not None:
            image.draft(None, (2 * near[1], 2 * near[0]))
        meaning = deep_color.meaning(image)
        image.load()
        raw = _raw(ImageOps.exif_transpose(image), meaning)
    except Exception as error:  # decoders raise errors of every kind for damaged data
        raise NotAnImageError(Reason.DAMAGED) from error
    bad = finite_error(raw.values) if raw.kind is Kind.FLOAT else None
    if bad is not None:
        raise bad
    return raw


def _open(content: bytes) -> Image.Image:
    """Reads an image's header; nothing is decoded yet."""
    if not content:
        raise NotAnImageError(Reason.EMPTY)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # among others of too many pixels, which is seen below
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise NotAnImageError(Reason.TOO_LARGE, f"more than {MAX_PIXELS:,} pixels") from error
    except Exception as error:  # decoders raise errors of every kind for damaged data
        is_known = any(pattern.match(content) for pattern in _BEGINNINGS)
        raise NotAnImageError(Reason.UNDECODABLE if is_known else Reason.NO_IMAGE) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise NotAnImageError(
            Reason.TOO_LARGE, f"{height:,}×{width:,}, more than {MAX_PIXELS:,} pixels"
        )
    if width < 1 or height < 1:
        raise NotAnImageError(Reason.DAMAGED, "without pixels")
    return image


def _orientation(image: Image.Image, content: bytes) -> int:
    """How a camera was held; from 5 on the picture lies on its side.

    Of a PNG Pillow decodes all pixels to find notes behind them, so that is left to it only where
    there are any.
    """
    try:
        is_png = isinstance(image, PngImagePlugin.PngImageFile)
        in_front = is_png and not _has_late_notes(content)
        exif = Image.Image.getexif(image) if in_front else image.getexif()
        value = exif.get(0x0112, 1)
    except Exception:  # noqa: BLE001  as above; a picture with damaged notes is still a picture
        return 1
    return value if isinstance(value, int) else 1


def _has_late_notes(png: bytes) -> bool:
    """Whether a PNG has notes behind its pixels: each of its pieces is length, kind, data, sum."""
    place, has_pixels = 8, False
    while place + 8 <= len(png):
        kind = png[place + 4 : place + 8]
        has_pixels = has_pixels or kind == b"IDAT"
        if has_pixels and kind in _PNG_NOTES:
            return True
        place += 12 + int.from_bytes(png[place : place + 4])
    return False


def _has_more_frames(image: Image.Image) -> bool:
    try:
        return image.format != _SEVERAL_VIEWS and bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001  as above; a picture with damaged further ones is a picture
        return False


def _kind(image: Image.Image) -> Kind:
    if image.mode == "F":
        return Kind.FLOAT
    is_deep = image.mode in _INTEGERS or deep_color.is_deep(image)
    return Kind.INTEGER if is_deep else Kind.BYTE


def _raw(image: Image.Image, meaning: Callable[[NDArray[Any]], NDArray[Any]]) -> Raw:
    """Reads the values of any mode."""
    kind = _kind(image)
    if kind is not Kind.BYTE:
        return Raw(kind, meaning(np.asarray(image)), deep_color.transparent_gray(image))
    mode = "L" if image.mode in _GRAY else "RGB"
    if not image.has_transparency_data:
        return Raw(kind, np.asarray(image.convert(mode)))
    full = np.asarray(image.convert("RGBA"))
    values = full[..., 0] if mode == "L" else full[..., :3]
    return Raw(kind, values, np.ascontiguousarray(full[..., 3]))
