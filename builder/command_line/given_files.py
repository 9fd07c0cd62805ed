"""The pictures that are named on the command line: files, and the contents of folders."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from builder.analysis.given_pictures import (
    ENDINGS,
    MAX_MEGABYTES,
    Picture,
    Refused,
    read_pictures,
)
from builder.datasets.own_images.reasons import Listing, Reason, Skipped, listing
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.tree import is_system, walk
from builder.system.disk_errors import explained, reason

GROUP_FILES = 96
"""How many files one process decodes, since it takes a while to start."""
GROUP_BYTES = 60_000_000
"""The most bytes of a group, so that it is decoded in time."""


def gather(paths: Sequence[Path]) -> tuple[list[Path], Listing]:
    """Lists the pictures in the order given; those in a folder by path, including its subfolders.

    A named file is always taken, a file in a folder only with the ending of a picture.

    Returns:
        The files, each once, and what is left out of the folders, by reason.

    Raises:
        BuilderError: A folder holds far too much, or a file is missing or cannot be read.
    """
    found: dict[Path, None] = {}
    skipped: list[Skipped] = []
    for path in paths:
        with explained(f"{path}: it cannot be read"):
            if not path.is_dir():
                path.stat()  # report a missing file before anything starts
                found[path] = None
                continue
            tree = walk(path)
        skipped += [Skipped(str(path / one.name), one.reason, one.detail) for one in tree.skipped]
        for name in tree.files:
            if is_system(name):
                continue
            if Path(name).suffix.lower().removeprefix(".") in ENDINGS:
                found[path / name] = None
            else:
                skipped.append(Skipped(str(path / name), Reason.NO_IMAGE))
    return [*found], listing(skipped)


def read_all(
    files: Sequence[Path], target: Target
) -> Iterator[tuple[list[Picture], list[Refused]]]:
    """Decodes files, some at a time: yields the pictures, and the files that are not."""
    group: list[tuple[str, bytes]] = []
    size = 0
    for path in files:
        try:
            content = _content(path)
        except OSError as error:
            message = f"it cannot be read: {reason(error)}"
            yield [], [Refused(str(path), message, "look at its permissions")]
            continue
        if group and (len(group) >= GROUP_FILES or size + len(content) > GROUP_BYTES):
            yield from _read(group, target)
            group, size = [], 0
        group.append((str(path), content))
        size += len(content)
    if group:
        yield from _read(group, target)


def _read(
    group: Sequence[tuple[str, bytes]], target: Target
) -> Iterator[tuple[list[Picture], list[Refused]]]:
    """Decodes a group of files together.

    If the decoding process fails, each half is decoded separately, so that one bad file spoils no
    other.
    """
    pictures, refused = read_pictures(group, target, GROUP_FILES)
    if pictures or len(group) == 1:
        yield pictures, refused
        return
    middle = len(group) // 2
    yield from _read(group[:middle], target)
    yield from _read(group[middle:], target)


def _content(path: Path) -> bytes:
    """The file, or just enough of it to see that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_MEGABYTES * 1_000_000 + 1)
