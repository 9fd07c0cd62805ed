"""A decoded image with the original values of its file, and their conversion to 8 bits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.datasets.own_images.reasons import NotAnImageError, Reason
from builder.datasets.own_images.value_range import (
    Extent,
    Kind,
    Ranges,
    ValueRange,
    decide,
    extent,
    range_for,
)

_BLOCK = 2_000_000
"""Values that are scaled at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """A decoded image with the original values of its file.

    Attributes:
        kind: How its samples are written.
        values: `(height, width)` in gray, or `(height, width, 3)`.
        alpha: `(height, width)`, 0 where it is transparent; None where it nowhere is.
    """

    kind: Kind
    values: NDArray[Any]
    alpha: NDArray[np.uint8] | None = None

    def extent(self) -> Extent:
        """The values that it has; those of 8 bits are told by the format."""
        if self.kind is Kind.BYTE:
            return extent(self.kind, None)
        return extent(self.kind, (float(self.values.min()), float(self.values.max())))


def finite_error(values: NDArray[Any]) -> NotAnImageError | None:
    """How many values are NaN; None where none is."""
    if np.isfinite(values.min()) and np.isfinite(values.max()):
        return None
    count = values.size - np.count_nonzero(np.isfinite(values))
    return NotAnImageError(
        Reason.NOT_FINITE,
        f"with {count:,} of {values.size:,} values that are no numbers (NaN or infinite)",
    )


def to_image(raw: Raw, ranges: Ranges) -> Image.Image:
    """Converts an image to 8 bits, gray or color, on white where it is transparent.

    Args:
        raw: The image.
        ranges: The values that become 0 to 255; for a kind without a range its own values tell.
    """
    known = used_range(raw, ranges)
    image = Image.fromarray(np.ascontiguousarray(to_bytes(raw.values, known)))
    if raw.alpha is None:
        return image
    solid = image.convert("RGBA")
    solid.putalpha(Image.fromarray(raw.alpha))
    white = Image.new("RGBA", solid.size, "white")
    return Image.alpha_composite(white, solid).convert(image.mode)


def to_bytes(values: NDArray[Any], known: ValueRange) -> NDArray[np.uint8]:
    """Brings values to 0 to 255 and rounds them; what lies beyond the range is cut off."""
    if values.dtype == np.uint8 and (known.low, known.high) == (0, 255):
        return values
    result = np.empty(values.shape, np.uint8)
    flat, out = values.reshape(-1), result.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK].astype(np.float64).clip(known.low, known.high)
        share = (block - known.low) / (known.high - known.low)
        out[start : start + _BLOCK] = np.rint(share * 255)
    return result


def used_range(raw: Raw, ranges: Ranges) -> ValueRange:
    """The range of an image's kind; where there is none, that which fits its values."""
    return range_for(raw.kind, ranges) or decide([raw.extent()])[0]
