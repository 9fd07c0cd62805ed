"""Small image sets for the tests, as a person would bring them."""

import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.storing import Stored, store
from builder.datasets.own_images.target import Target


def picture(
    color: Any = (200, 30, 30),
    size: tuple[int, int] = (12, 8),
    kind: str = "PNG",
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """A picture of one color; `size` is width and height, as Pillow has it."""
    file = io.BytesIO()
    Image.new(mode, size, color).save(file, kind, **options)
    return file.getvalue()


def two_classes(count: int = 3) -> dict[str, bytes]:
    """Red and blue pictures, a folder each."""
    colors = {"red": (200, 30, 30), "blue": (30, 30, 200)}
    return {
        f"{name}/{number}.png": picture((*color[:2], color[2] + number))
        for name, color in colors.items()
        for number in range(count)
    }


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Packs members into a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """Packs members into a zip on the disk."""
    path.write_bytes(zipped(members))
    return path


def write_folder(path: Path, members: Mapping[str, bytes]) -> Path:
    """Writes members as files of a folder."""
    for name, content in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def write_npz(path: Path, **arrays: Any) -> Path:
    """Saves arrays, also those that have to be pickled."""
    np.savez(path, **arrays)
    return path


def kept(
    path: Path,
    home: Path,
    target: Target = Target(4, 4, 3),  # noqa: B008  it is frozen
    **options: Any,
) -> Stored:
    """Stores what lies at a path, in this very process."""
    with workplace(home) as folder, open_source(path) as source:
        return store(source, target, home, folder, **options)


@contextmanager
def workplace(home: Path) -> Iterator[Path]:
    """An empty folder on the disk of the data folder."""
    folder = home / "datasets" / ".work" / "new"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder.parent)
