"""Files that are either the old ones or the new ones, whatever happens in between."""

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

from builder.system.temporary import temporary_path


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = True) -> Generator[BinaryIO]:
    """Gives a file to write to, which takes the place of another one when the block ends.

    Readers see the old content or the new, never a part of it. If the block fails, the old file is
    untouched. The process's umask decides who else may read the file, as with any new file.

    A *durable* file is synced to the disk before it takes its place, so a power cut leaves the old
    one or the new one as well. That takes milliseconds, and much longer on a busy disk. Do without
    it only for files that are written all the time and mean little after a power cut, such as the
    state of a run, which goes on from its checkpoint.

    Args:
        path: The file to replace; it need not exist.
        durable: Whether to sync the new content first.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file is untouched.
    """
    temporary = temporary_path(path)
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: str | bytes, *, durable: bool = True) -> None:
    """Replaces a file by a text, in UTF-8, or by bytes; see `replacing`.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file is untouched.
    """
    with replacing(path, durable=durable) as file:
        file.write(content.encode() if isinstance(content, str) else content)
