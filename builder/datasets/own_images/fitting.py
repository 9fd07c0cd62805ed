"""Brings an image to the size and the channels of a data set."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from builder.datasets.own_images.target import Target


def fit(image: Image.Image, target: Target) -> NDArray[np.uint8]:
    """Converts an image to a size and color.

    Args:
        image: Of mode `L` or `RGB`.
        target: The size and color.

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
