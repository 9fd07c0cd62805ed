"""Images whose colors have 16 bits each, of which Pillow keeps only the upper 8.

Pillow decodes such a row of bytes by a raw mode that says which bytes count: `RGB;16B` takes the
first byte of each pair, `RGB;16L` the second. An image whose samples are big-endian is therefore
decoded twice, once by each, and a value is 256 × the upper byte + the lower one. Gray with alpha
has four bytes a pixel, so that `RGBA` gives all of them at once.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.TiffImagePlugin import TiffImageFile

_PHOTOMETRIC = 262
"""The tag of a TIFF that says which value is white."""
_GRAY_ALPHA = "LA;16B"
_NATIVE = "L" if sys.byteorder == "little" else "B"
_LAYOUTS = ("RGB;16", "RGBA;16", "RGBX;16")
_OTHER = {"B": "L", "L": "B"}


def is_deep(image: Image.Image) -> bool:
    """Whether an opened image has colors, or gray with alpha, of 16 bits."""
    mode = _raw_mode(image)
    return mode == _GRAY_ALPHA or mode[:-1] in _LAYOUTS


def is_gray(image: Image.Image) -> bool:
    """Whether it is gray with alpha of 16 bits, which Pillow takes for color."""
    return _raw_mode(image) == _GRAY_ALPHA


def read(image: Image.Image, again: Image.Image) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
    """Decodes an image of 16 bits, upright.

    Args:
        image: As it was opened; nothing is decoded yet.
        again: The same, opened once more.

    Returns:
        The values, `(height, width)` or `(height, width, 3)`, and the upper bytes of alpha.
    """
    mode = _raw_mode(image)
    if mode == _GRAY_ALPHA:
        pairs = _decoded(image, "RGBA").astype(np.uint16)
        return pairs[..., 0] * 256 + pairs[..., 1], pairs[..., 2].astype(np.uint8)
    order = _NATIVE if mode[-1] == "N" else mode[-1]
    upper = _decoded(image, mode[:-1] + order)
    lower = _decoded(again, mode[:-1] + _OTHER[order])
    values = upper[..., :3].astype(np.uint16) * 256 + lower[..., :3]
    alpha = np.ascontiguousarray(upper[..., 3]) if upper.shape[2] == 4 else None
    return values, alpha


def meaning(image: Image.Image) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """How to correct Pillow's values of a gray TIFF of more than 8 bits.

    Args:
        image: As it was opened; nothing is decoded yet.
    """
    mode = _raw_mode(image)
    if image.mode == "I" and mode.startswith("I;32") and not mode.endswith("S"):
        return lambda values: values.view(np.uint32)  # which Pillow takes for signed
    if image.mode.startswith("I;16") and _is_white_zero(image):
        return lambda values: 65_535 - values
    return lambda values: values


def _is_white_zero(image: Image.Image) -> bool:
    """Whether 0 is white; Pillow turns such values round up to 8 bits only."""
    return isinstance(image, TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == 0


def transparent_gray(image: Image.Image) -> NDArray[np.uint8] | None:
    """The alpha of a gray image in which one value is transparent."""
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return None
    return np.where(np.asarray(image) == clear, 0, 255).astype(np.uint8)


def _raw_mode(image: Image.Image) -> str:
    """How the rows of bytes become pixels; empty where that is not told."""
    tiles: list[Any] = list(getattr(image, "tile", ()))
    arguments: Any = tiles[0].args if tiles else ""
    return arguments if isinstance(arguments, str) else str(next(iter(arguments or ()), ""))


def _decoded(image: Any, raw_mode: str) -> NDArray[np.uint8]:
    image.tile = [tile._replace(args=_replaced(tile.args, raw_mode)) for tile in image.tile]
    image.load()
    return np.asarray(ImageOps.exif_transpose(image))


def _replaced(arguments: Any, raw_mode: str) -> Any:
    return (raw_mode, *arguments[1:]) if isinstance(arguments, tuple) else raw_mode
