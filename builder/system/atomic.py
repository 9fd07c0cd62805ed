"""Files that are either the old ones or the new ones, whatever happens in between."""

import os
from pathlib import Path

from builder.system.temporary import temporary_path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Writes a file through a temporary one in the same folder, synced and then renamed.

    Who else may read it is decided by the process's umask, as with any other new file.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file is untouched.
    """
    temporary = temporary_path(path)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
