"""One image: decoded by Pillow within limits, and brought to the chosen size and colour."""

import io
import warnings
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageOps, JpegImagePlugin, PngImagePlugin
from PIL.WebPImagePlugin import WebPImageFile

from builder.errors import ParameterError

Fit = Literal["stretch", "crop", "pad"]
FITS: tuple[Fit, ...] = get_args(Fit)

# The classes are named so that their modules, which register the formats, are certain to be there.
FORMATS = tuple(
    str(kind.format)
    for kind in (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        BmpImagePlugin.BmpImageFile,
        GifImagePlugin.GifImageFile,
        WebPImageFile,
    )
)
"""What is decoded: PNG, JPEG, BMP, GIF (its first frame) and WebP."""

MAX_PIXELS = 64_000_000
"""Of one image before it is resized; decoded it then takes some 250 MB."""
MAX_SIDE = 1_024
"""Pixels of the size that images are brought to."""

_GREY = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"})
_DEEP = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N", "F"})


class NotAnImageError(Exception):
    """A file that is not taken; the message says why in a few words."""


@dataclass(frozen=True, slots=True)
class Target:
    """What all images of a set are brought to.

    Attributes:
        height: In pixels.
        width: In pixels.
        channels: 1 for grey, 3 for red, green and blue.
        fit: How another shape is brought to this one: `stretch` ignores it, `crop` cuts off what
            is too long, `pad` adds black margins.
    """

    height: int
    width: int
    channels: int
    fit: Fit = "stretch"

    def __post_init__(self) -> None:
        for name, value in (("height", self.height), ("width", self.width)):
            if not 1 <= value <= MAX_SIDE:
                raise ParameterError(f"{name}: received {value}, expected 1 to {MAX_SIDE} pixels")
        if self.channels not in (1, 3):
            raise ParameterError(f"channels: received {self.channels}, expected 1 or 3")
        if self.fit not in FITS:
            raise ParameterError(f"fit: received {self.fit!r}, expected one of {', '.join(FITS)}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)`."""
        return self.height, self.width, self.channels


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of an image before it is decoded.

    Attributes:
        height: In pixels, as it is looked at.
        width: In pixels, as it is looked at.
        is_grey: Whether it has no colours.
    """

    height: int
    width: int
    is_grey: bool


def header(content: bytes) -> Header:
    """Reads what an image says of itself.

    Raises:
        NotAnImageError: It is none, or none that is taken.
    """
    image = _open(content)
    width, height = image.size
    if _orientation(image) >= 5:
        width, height = height, width
    return Header(height, width, image.mode in _GREY)


def decode(content: bytes, near: tuple[int, int] | None = None) -> Image.Image:
    """Decodes an image to 8 bits, grey or colour, upright, and on white where it is transparent.

    Args:
        content: The file.
        near: The `(height, width)` that it will be brought to, if known: a large JPEG is then
            decoded to about twice that only.

    Raises:
        NotAnImageError: It is none, none that is taken, or damaged.
    """
    image = _open(content)
    try:
        if near is not None:
            image.draft(None, (2 * near[1], 2 * near[0]))
        image.load()
        return _plain(ImageOps.exif_transpose(image))
    except Exception as error:  # decoders raise errors of every kind for damaged data
        raise NotAnImageError("damaged") from error


def fit(image: Image.Image, target: Target) -> NDArray[np.uint8]:
    """Brings an image to a size and colour.

    Args:
        image: Of mode `L` or `RGB`.
        target: The size and colour.

    Returns:
        An array of the target's shape, values 0 to 255.
    """
    image = image.convert("L" if target.channels == 1 else "RGB")
    size = (target.width, target.height)
    if image.size != size:
        resample = Image.Resampling.BILINEAR
        if target.fit == "crop":
            image = ImageOps.fit(image, size, resample)
        elif target.fit == "pad":
            image = ImageOps.pad(image, size, resample)
        else:
            image = image.resize(size, resample)
    return np.asarray(image, dtype=np.uint8).reshape(target.shape)


def _open(content: bytes) -> Image.Image:
    """Looks at an image's header; nothing is decoded yet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # among others of too many pixels, which is seen below
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise NotAnImageError(f"more than {MAX_PIXELS:,} pixels") from error
    except Exception as error:  # decoders raise errors of every kind for damaged data
        raise NotAnImageError("not a PNG, JPEG, BMP, GIF or WebP") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise NotAnImageError(f"{height:,}×{width:,}, more than {MAX_PIXELS:,} pixels")
    if width < 1 or height < 1:
        raise NotAnImageError("without pixels")
    return image


def _orientation(image: Image.Image) -> int:
    """How a camera was held; from 5 on the picture lies on its side."""
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001  as above; a picture with damaged notes is still a picture
        return 1
    return value if isinstance(value, int) else 1


def _plain(image: Image.Image) -> Image.Image:
    """Turns any mode into 8-bit grey or colour."""
    if image.mode in _DEEP:
        values = np.asarray(image, dtype=np.float64)
        high = 65_535 if values.max(initial=0) > 255 else 255
        scaled = np.round(values.clip(0, high) * (255 / high))
        return Image.fromarray(scaled.astype(np.uint8))
    if image.has_transparency_data:
        solid = image.convert("RGBA")
        white = Image.new("RGBA", solid.size, "white")
        mode = "L" if image.mode in _GREY else "RGB"
        return Image.alpha_composite(white, solid).convert(mode)
    return image.convert("L" if image.mode in _GREY else "RGB")
