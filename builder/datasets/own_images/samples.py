"""Small sample pictures for a preview before a set is stored, with the original values.

So a person sees the effect of another size, color or range of values.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.datasets.own_images.fitting import fit
from builder.datasets.own_images.pictures import decode
from builder.datasets.own_images.raw import Raw, to_image
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.value_range import Kind

SIDE = 256
"""The longest side in pixels; samples are only for looking at."""


def write_sample(path: Path, raw: Raw) -> str:
    """Writes a picture in at most `SIDE` pixels; gives the name of its file.

    Args:
        path: Where it goes, without an ending.
        raw: The picture.
    """
    if raw.kind is Kind.BYTE:
        image = to_image(raw, ())
        image.thumbnail((SIDE, SIDE))
        path = path.with_suffix(".png")
        image.save(path, "PNG")
        return path.name
    path = path.with_suffix(".npz")
    values = raw.values.reshape(*raw.values.shape[:2], -1)
    small = [_smaller(values[..., channel]) for channel in range(values.shape[2])]
    shown = small[0] if len(small) == 1 else np.stack(small, axis=2)
    arrays: dict[str, Any] = {"kind": np.array(raw.kind.value), "values": shown}
    if raw.alpha is not None:
        arrays["alpha"] = _smaller(raw.alpha).astype(np.uint8)
    np.savez(path, **arrays)
    return path.name


def read_sample(path: Path, target: Target) -> NDArray[np.uint8]:
    """A picture as it would be stored.

    Args:
        path: The file that `write_sample` wrote.
        target: The size, the color and the values that become 0 to 255.

    Raises:
        OSError: It is gone.
    """
    if path.suffix == ".png":
        return fit(decode(path.read_bytes(), ranges=target.ranges), target)
    with np.load(path, allow_pickle=False) as found:
        alpha = found.get("alpha")
        raw = Raw(Kind(str(found["kind"])), found["values"], alpha)
    return fit(to_image(raw, target.ranges), target)


def _smaller(values: NDArray[Any]) -> NDArray[np.float32]:
    """Brings a channel to at most `SIDE` pixels, its values as they are."""
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    image.thumbnail((SIDE, SIDE))
    return np.asarray(image)
