"""Why a file could not be read or written, in words; of a full disk also what makes room again.

Every OSError that a person gets to read becomes a sentence here: `explained` raises it as a
`DiskError`, `reason` words it for a file of many that is listed or left out.
"""

import contextlib
import errno
from collections.abc import Generator
from pathlib import Path

from builder.system.errors import BuilderError, DiskError
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


@contextlib.contextmanager
def explained(
    what: str,
    fix: str = "",
    *,
    where: Path | None = None,
    error_type: type[BuilderError] = DiskError,
) -> Generator[None]:
    """Turns an OSError of its block, or of the function that it decorates, into a sentence.

    Args:
        what: What failed, such as "the run cannot be started".
        fix: What to do about it, or what has become of things: "nothing has changed".
        where: The folder that is written to, as `reason` takes it.
        error_type: What is raised.

    Raises:
        BuilderError: `error_type`, with what failed and why.
    """
    try:
        yield
    except OSError as error:
        raise error_type(f"{what}: {reason(error, where)}", fix) from error


def reason(error: Exception, where: Path | None = None) -> str:
    """Says why something could not be read or written.

    Args:
        error: What was raised; of what is no OSError its own words are given.
        where: The folder that was written to; None for that of the error's file where it names
            one, else the data folder.
    """
    if not isinstance(error, OSError):
        return str(error)
    full = _FULL.get(error.errno or 0)
    if full and where is None and isinstance(error.filename, str):
        where = Path(error.filename).parent
    if full:
        return f"{full} ({what_helps(where)})"
    return error.strerror or str(error) or "the disk gives an error"


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
