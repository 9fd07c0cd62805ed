"""Removing what a person deleted: into the trash first, from there for good."""

import contextlib
import os
import time
from pathlib import Path

from builder.storage.temporary import remove, temporary_path

_BLOCK_BYTES = 512
"""The unit of `st_blocks`, whatever the disk's own is."""


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


def note_deleted(path: Path) -> None:
    """Notes that something was moved to the trash now."""
    now = time.time_ns()
    with contextlib.suppress(OSError):  # when it was moved is known without it, as a rule
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

    It has another name in one step: who would restore it meanwhile finds all of it or nothing, and
    what is left if this process dies is swept. Needs no room on the disk.

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
