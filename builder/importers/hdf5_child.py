"""Reads one attribute of an HDF5 file and prints it: a process of its own, bounded by itself.

HDF5 is a library in C, and the file a stranger's. So neither a crash nor a file that claims to be
huge reaches the app. Started by `hdf5.py`; it prints the text, or ends with one of the statuses.
"""

import contextlib
import sys
from importlib import import_module
from typing import Any

ATTRIBUTE = b"model_config"
MAX_BYTES = 8_000_000
MISSING, TOO_LARGE, UNREADABLE = 10, 11, 12
MAX_SECONDS = 2
MAX_MEMORY = 120_000_000
"""Bytes that the process may hold of its own, Python and the library included."""


def main(path: str) -> int:
    """Prints the attribute; gives the exit status."""
    _limit()
    h5py: Any = import_module("h5py")  # it has no types

    try:
        with h5py.File(path, "r") as file:
            if not h5py.h5a.exists(file.id, ATTRIBUTE):
                return MISSING
            attribute = h5py.h5a.open(file.id, ATTRIBUTE)
            if attribute.get_space().get_simple_extent_npoints() != 1:
                return UNREADABLE
            if attribute.get_storage_size() > MAX_BYTES:
                return TOO_LARGE
            value: Any = file.attrs[ATTRIBUTE.decode()]
    except MemoryError:
        return TOO_LARGE
    except Exception:  # noqa: BLE001  the library raises all sorts, and any means the same
        return UNREADABLE
    text = value if isinstance(value, bytes) else str(value).encode(errors="replace")
    if len(text) > MAX_BYTES:
        return TOO_LARGE
    sys.stdout.buffer.write(text)
    return 0


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
