"""Prepares a class map to be laid over a picture: scaled, enlarged, colored."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_STOPS = np.array(
    [[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]], np.float64
)
"""Inferno (Smith and van der Walt, matplotlib): grows evenly in lightness, also in gray."""


def scaled(class_map: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The map scaled to a maximum of 1; None where nothing in it supports the class."""
    most = class_map.max()
    return class_map / most if most > 0 else None


def enlarged(heat: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """Resizes a map by bilinear interpolation."""
    image = Image.fromarray(heat.astype(np.float32))
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(image, np.float64), 0, 1)


def colored(heat: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colors of a map from 0 to 1: `(height, width, 3)`, dark where it is cold."""
    place = np.clip(heat, 0, 1) * (len(_STOPS) - 1)
    stops = np.arange(len(_STOPS))
    channels = [np.interp(place, stops, _STOPS[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)
