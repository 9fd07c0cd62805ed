"""Removing what a person deleted: into the trash first, from there for good."""

import contextlib
import os
import time
from collections.abc import Collection
from pathlib import Path

from builder.system.temporary import remove, temporary_path

_BLOCK_BYTES = 512
"""The unit of `st_blocks`, whatever the disk's own is."""
_UNITS = ("B", "kB", "MB", "GB", "TB")


def disk_bytes(path: Path) -> int:
    """What a file, or a folder with all that is in it, takes of the disk; links count once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    waiting = [os.fspath(path)]
    while waiting:
        place = waiting.pop()
        with contextlib.suppress(OSError):  # removed this very moment
            found = os.lstat(place)
            inode = (found.st_dev, found.st_ino)
            total += 0 if inode in seen else found.st_blocks * _BLOCK_BYTES
            seen.add(inode)
            with os.scandir(place) as entries:
                waiting += [entry.path for entry in entries]
    return total


def trash_bytes(home: Path, folders: Collection[str] = ()) -> int:
    """What the trash of a data folder takes of the disk.

    Args:
        home: The data folder.
        folders: Of the trash; empty for all.
    """
    total = 0
    for folder in (home / "trash").glob("*"):
        if folder.is_dir() and (not folders or folder.name in folders):
            total += sum(map(disk_bytes, folder.iterdir()))
    return total


def in_words(num_bytes: int) -> str:
    """A size in decimal bytes: `262 kB`, `38 MB`, `1.2 GB`."""
    value, step = float(num_bytes), 0
    while value >= 999.5 and step < len(_UNITS) - 1:
        value, step = value / 1000, step + 1
    return f"{value:.{1 if step and value < 9.95 else 0}f} {_UNITS[step]}"


def note_deleted(path: Path) -> None:
    """Notes that something was moved to the trash now."""
    now = time.time_ns()
    with contextlib.suppress(OSError):  # the time of the move usually shows elsewhere too
        os.utime(path, ns=(now, now))


def deleted_at(path: Path) -> float:
    """When something was moved to the trash, in seconds since 1970.

    Where that was not noted, as by an older version, a rename has set the file's other time.

    Raises:
        OSError: It is not there.
    """
    found = path.stat()
    return max(found.st_mtime, found.st_ctime)


def discard(path: Path) -> int:
    """Removes a file or a folder for good.

    It is renamed first, in one step: a restore at the same moment finds all of it or nothing, and
    the sweep removes what is left if this process dies. Needs no space on the disk.

    Returns:
        How many bytes of the disk it took.

    Raises:
        OSError: It is not there, or may not be removed.
    """
    size = disk_bytes(path)
    gone = path.rename(temporary_path(path))
    remove(gone)
    if os.path.lexists(gone):
        raise OSError(f"some of {path.name} could not be removed; it is in {gone}")
    return size
