"""A PNG is looked at without decoding it, and turned wherever it says that it lies on its side."""

import io
from contextlib import suppress

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from builder.datasets.own_images.pictures import header, read
from builder.datasets.own_images.reasons import NotAnImageError


def png_turned(values: NDArray[np.uint8], where: str) -> bytes:
    """A PNG that says that it lies on its side: in front of its pixels, behind them, or nowhere."""
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG", **({"exif": exif} if where != "nowhere" else {}))
    content = file.getvalue()
    if where != "behind":
        return content
    begin = content.index(b"eXIf") - 4
    end = begin + 12 + int.from_bytes(content[begin : begin + 4])
    last = content.rindex(b"IEND") - 4
    return content[:begin] + content[end:last] + content[begin:end] + content[last:]


@pytest.mark.parametrize(
    ("where", "size", "decoded"),
    [("nowhere", (10, 20), 0), ("in front", (20, 10), 0), ("behind", (20, 10), 1)],
)
def test_a_png_is_decoded_only_once_and_turned_wherever_it_says_so(
    where: str, size: tuple[int, int], decoded: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = png_turned(np.zeros((10, 20, 3), np.uint8), where)
    loads: list[bool] = []
    load = PngImagePlugin.PngImageFile.load

    def counted(self: PngImagePlugin.PngImageFile) -> object:
        loads.append(True)
        return load(self)

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", counted)
    found = header(content)
    assert (found.height, found.width) == size
    assert len(loads) == decoded
    assert read(content).values.shape[:2] == size


@pytest.mark.parametrize("cut", [9, 20, 40, 60])
def test_the_pieces_of_a_damaged_png_are_read_to_its_end(cut: int) -> None:
    content = png_turned(np.zeros((10, 20, 3), np.uint8), "behind")
    with suppress(NotAnImageError):
        header(content[:cut])
    with suppress(NotAnImageError):
        header(content[:cut] + b"\xff" * 40)
