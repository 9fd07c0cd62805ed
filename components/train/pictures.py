"""Pictures of a data set, and how its classes are balanced, as HTML."""

import base64
import io
from collections.abc import Sequence
from functools import lru_cache
from html import escape

import numpy as np
from PIL import Image

from builder.datasets.published import Dataset, dataset
from builder.datasets.samples import samples
from components.shell import format as fmt

NUM_PICTURES = 8


def strip(data: Dataset, present: bool) -> str:
    """Eight pictures in one row; empty frames where the data are not on this machine.

    Args:
        data: The data set.
        present: Whether it is on this machine.

    Raises:
        FormatError: Its files are damaged.
    """
    inside = _pictures(data.name) if present else ""
    return f'<div class="cs-samples">{inside or "<i></i>" * NUM_PICTURES}</div>'


def balance(data: Dataset) -> str:
    """A bar for each class, as high as its share of the images."""
    return bars(data.classes, data.class_counts)


def bars(classes: Sequence[str], counts: Sequence[int]) -> str:
    """A bar for each class, as high as its share of the images.

    Args:
        classes: Their names.
        counts: How many images each has.
    """
    most = max(counts)
    drawn = "".join(
        f'<i style="height:{100 * count / most:.1f}%" title="{escape(name)}: {count:,} images"></i>'
        for name, count in zip(classes, counts, strict=True)
    )
    words = balance_words(counts)
    return f'<div class="cs-balance" role="img" aria-label="{words}">{drawn}</div>'


def balance_words(counts: Sequence[int]) -> str:
    """How many classes there are, and how many images each has: `10 classes of 174 to 183`."""
    least, most = min(counts), max(counts)
    each = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    return f"{fmt.plural(len(counts), 'class', 'classes')} of {each}"


@lru_cache(maxsize=16)
def _pictures(name: str) -> str:
    """The pictures as one text, kept while the server runs."""
    found = samples(name, NUM_PICTURES)
    if found is None:
        return ""
    classes = dataset(name).classes
    return "".join(
        f'<img src="{data_url(image)}" alt="{escape(classes[label])}"'
        f' title="{escape(classes[label])}">'
        for image, label in zip(found.images, found.labels, strict=True)
    )


def data_url(image: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> str:
    """A picture as a PNG inside of its address."""
    pixels = image[..., 0] if image.shape[-1] == 1 else image
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
