"""Why a file could not be written, in words; of a full disk also what makes room again."""

import errno
from pathlib import Path

from builder.system.home import home
from builder.system.removal import in_words, trash_bytes

EMPTY_TRASH = "python -m builder trash --empty"
_FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk's quota is used up",
    errno.EFBIG: "a file would become larger than is allowed here",
}
_LITTLE = 20_000_000
"""Bytes in the trash that are no great help."""


def reason(error: OSError, where: Path | None = None) -> str:
    """Says why something could not be read or written.

    Args:
        error: What was raised.
        where: The folder that was written to; None for that of the error's file where it names
            one, else the data folder.
    """
    full = _FULL.get(error.errno or 0)
    if full and where is None and isinstance(error.filename, str):
        where = Path(error.filename).parent
    return f"{full} ({what_helps(where)})" if full else error.strerror or str(error)


def what_helps(where: Path | None = None) -> str:
    """Says how to make room, without a full stop.

    Args:
        where: A folder on the full disk; None for the data folder.
    """
    data = home()
    if where is not None and _disk(where) not in (None, _disk(data)):
        return f"make room on the disk of {where}"
    held = trash_bytes(data)
    other = "delete runs or images for good that you no longer need, or make room elsewhere"
    if held == 0:
        return other
    empty = f"the trash holds {in_words(held)}: empty it on the Runs page, or with {EMPTY_TRASH}"
    return empty if held > _LITTLE else f"{empty}; {other}"


def _disk(folder: Path) -> int | None:
    """The number of the disk of a folder; None where there is no such folder."""
    try:
        return folder.stat().st_dev
    except OSError:
        return None
