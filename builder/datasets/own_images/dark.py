"""Measures the values of 8-bit images, but only if the first ones are dark.

Their format allows 0 to 255; their actual values are known once all are decoded.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from builder.datasets.own_images.raw import Raw
from builder.datasets.own_images.reasons import NotAnImageError
from builder.datasets.own_images.source import Source, varied
from builder.datasets.own_images.value_range import DARK, Extent, Kind

NUM_FIRST = 16
"""How many images, of different classes, are decoded of every set."""
SPAN = DARK * 255
"""Values that differ by less than this are dark, or have little contrast."""


def with_bytes_measured(extents: tuple[Extent, ...], source: Source) -> tuple[Extent, ...]:
    """Measures the 8-bit images of a set if they span little.

    Args:
        extents: The values of each kind of images.
        source: The set.
    """
    return tuple(
        one if one.is_measured or one.kind is not Kind.BYTE else _measured(one, source)
        for one in extents
    )


def _measured(one: Extent, source: Source) -> Extent:
    first = varied(source.train.labels, NUM_FIRST)
    if _span(source.train.chosen(first, None)) is None:
        return one
    found = _span(image for part in source.parts.values() for image in part.pictures(None))
    return one if found is None else replace(one, low=found[0], high=found[1], is_measured=True)


def _span(images: Iterator[Raw | NotAnImageError]) -> tuple[int, int] | None:
    """The smallest and the largest value of the 8-bit ones; None as soon as they span enough."""
    low, high = 255, 0
    for image in images:
        if isinstance(image, Raw) and image.kind is Kind.BYTE:
            low = min(low, int(np.min(image.values)))
            high = max(high, int(np.max(image.values)))
            if high - low >= SPAN:
                return None
    return (low, high) if low <= high else None
