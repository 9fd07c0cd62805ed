"""What the files of a data set's images were called, in the order in which the arrays hold them."""

import json
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from builder.system.atomic import write_atomically

FILE_NAMES = "files.json"
"""`{"images": […], "test_images": […]}`; data sets of before have none."""

MAX_BYTES = 400_000_000

_CONTENT = TypeAdapter(dict[str, tuple[str, ...]])


def write_file_names(folder: Path, images: list[str], test_images: list[str]) -> None:
    """Writes the names, whole or not at all."""
    content = {"images": _plain(images), "test_images": _plain(test_images)}
    write_atomically(folder / FILE_NAMES, json.dumps(content, ensure_ascii=False) + "\n")


def file_names(folder: Path) -> tuple[str, ...]:
    """The names of what `images.npy` holds; empty where they were not kept or are damaged."""
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
        return _CONTENT.validate_json(path.read_bytes()).get("images", ())
    except (OSError, ValueError):
        return ()
