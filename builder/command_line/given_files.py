"""The pictures that are named at the command line: files, and what folders hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from builder.analysis.given_pictures import (
    ENDINGS,
    MAX_MEGABYTES,
    Picture,
    Refused,
    read_pictures,
)
from builder.datasets.own_images.pictures import Target
from builder.datasets.own_images.reasons import Listing, Reason, Skipped, listing
from builder.datasets.own_images.tree import is_system, walk
from builder.system.disk_errors import explained, reason

GROUP_FILES = 96
"""Decoded by one process, which takes a while to start."""
GROUP_BYTES = 60_000_000
"""Of the files of one group, so that it is decoded in time."""


def gather(paths: Sequence[Path]) -> tuple[list[Path], Listing]:
    """Lists the pictures in the order given; those of a folder by their path, with its folders.

    A file that is named itself is taken whatever it is called; one of a folder by its ending.

    Returns:
        The files, each once, and what of the folders is left out, by reason.

    Raises:
        BuilderError: A folder holds far too much, a file is not there, or one cannot be read.
    """
    found: dict[Path, None] = {}
    skipped: list[Skipped] = []
    for path in paths:
        with explained(f"{path}: it cannot be read"):
            if not path.is_dir():
                path.stat()  # what is not there is told before anything starts
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
    """Decodes files, some at a time: the pictures, and what is none."""
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
    """Decodes a group together.

    Where the process that decodes gives up, each half is decoded by itself, so that one bad file
    spoils no other.
    """
    pictures, refused = read_pictures(group, target, GROUP_FILES)
    if pictures or len(group) == 1:
        yield pictures, refused
        return
    middle = len(group) // 2
    yield from _read(group[:middle], target)
    yield from _read(group[middle:], target)


def _content(path: Path) -> bytes:
    """The file, or just so much of it that it is seen to be too large."""
    with path.open("rb") as file:
        return file.read(MAX_MEGABYTES * 1_000_000 + 1)
