"""The learned filters of a first convolution as pictures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.analysis.prediction_process import Filters

MOST = 64
"""The most pictures; the number of the others is told."""

_LOW, _ZERO, _HIGH = (
    np.array(color, np.float64) for color in ((0, 114, 178), (247, 247, 247), (213, 94, 0))
)  # blue, white and vermilion, which the color-blind tell apart


@dataclass(frozen=True, slots=True, eq=False)
class FilterPictures:
    """Filters as pictures, all on one scale.

    Attributes:
        images: `(count, height, width, 3)`, values 0 to 255.
        titles: What each one is.
        of_all: How many there are in total.
        scale: The largest weight without its sign, at the ends of the scale.
        are_colors: Whether a picture shows the weights of red, green and blue as those colors;
            else each shows the weights of one input channel, blue below zero, red above.
    """

    images: NDArray[np.uint8]
    titles: tuple[str, ...]
    of_all: int
    scale: float
    are_colors: bool


def filter_pictures(filters: Filters, most: int = MOST) -> FilterPictures:
    """Draws the first filters.

    Args:
        filters: Of a model.
        most: How many at most.
    """
    kernel = np.asarray(filters.kernel, np.float64)
    finite = np.nan_to_num(kernel, nan=0.0, posinf=0.0, neginf=0.0)
    scale = float(np.abs(finite).max()) or 1.0
    inputs, outputs = kernel.shape[2:]
    shares = finite / scale
    if inputs == 3 and not filters.is_depthwise:
        shown = np.moveaxis(shares, -1, 0)[:most]
        images = np.round(127.5 * (1 + shown)).astype(np.uint8)
        titles = tuple(f"filter {number + 1}" for number in range(len(shown)))
        return FilterPictures(images, titles, outputs, scale, True)
    # Filter by filter, and in each channel by channel.
    flat = shares.transpose(3, 2, 0, 1).reshape(outputs * inputs, *shares.shape[:2])[:most]
    titles = tuple(_title(number, inputs, filters.is_depthwise) for number in range(len(flat)))
    return FilterPictures(_diverging(flat), titles, outputs * inputs, scale, False)


def scale_colors(steps: int = 65) -> NDArray[np.uint8]:
    """The colors from the smallest weight to the largest: `(steps, 3)`."""
    return _diverging(np.linspace(-1, 1, steps))


def _title(number: int, inputs: int, is_depthwise: bool) -> str:
    output, channel = divmod(number, inputs)
    if inputs == 1:
        return f"filter {output + 1}"
    if is_depthwise:
        return f"channel {channel + 1}, filter {output + 1}"
    return f"filter {output + 1}, channel {channel + 1}"


def _diverging(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colors of values from -1 to 1."""
    strength = np.abs(shares)[..., np.newaxis]
    end = np.where((shares < 0)[..., np.newaxis], _LOW, _HIGH)
    return np.round(_ZERO + strength * (end - _ZERO)).astype(np.uint8)
