"""The names of the files of a data set's images, in the order of the arrays."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from builder.system.atomic import write_atomically
from builder.system.errors import FormatError
from builder.system.formats import Format, declare

FILE_NAMES = "files.json"
FILE_NAMES_FORMAT = declare(Format("names of own images", (f"datasets/*/{FILE_NAMES}",)))
"""`{"images": […], "test_images": […]}`; older data sets have none."""

MAX_BYTES = 400_000_000

_CONTENT = TypeAdapter(dict[str, tuple[str, ...]])


def write_file_names(folder: Path, images: list[str], test_images: list[str]) -> None:
    """Writes the names, completely or not at all."""
    content = FILE_NAMES_FORMAT.stamp(
        {"images": _plain(images), "test_images": _plain(test_images)}
    )
    write_atomically(folder / FILE_NAMES, json.dumps(content, ensure_ascii=False) + "\n")


def file_names(folder: Path) -> tuple[str, ...]:
    """The names of the images in `images.npy`; empty if they were not kept or are damaged."""
    path = folder / FILE_NAMES
    try:
        found = path.stat()
    except OSError:
        return ()
    return _read(path, found.st_mtime_ns) if found.st_size <= MAX_BYTES else ()


def _plain(names: list[str]) -> list[str]:
    """Names of bytes that are no text get a question mark for each."""
    return [name.encode("utf-8", "replace").decode() for name in names]


@lru_cache(maxsize=2)
def _read(path: Path, _: int) -> tuple[str, ...]:
    try:
        content: Any = json.loads(path.read_bytes())
        return _CONTENT.validate_python(FILE_NAMES_FORMAT.current(content)).get("images", ())
    except (OSError, ValueError, TypeError, RecursionError, FormatError):
        return ()
