"""Reads two attributes of an HDF5 file and prints them: a process of its own, bounded by itself.

HDF5 is a library in C, and the file is untrusted. So neither a crash nor a file that claims to be
huge affects the app. Started by `hdf5.py`; it prints the version of Keras on a line of its own,
then the configuration, or ends with one of the statuses.
"""

import contextlib
import sys
from importlib import import_module
from typing import Any

ATTRIBUTE = b"model_config"
VERSION = b"keras_version"
MAX_BYTES = 8_000_000
MAX_VERSION = 40
MISSING, TOO_LARGE, UNREADABLE = 10, 11, 12
MAX_SECONDS = 2
MAX_MEMORY = 120_000_000
"""The most bytes that the process may hold, including Python and the library."""


def main(path: str) -> int:
    """Prints the attributes and returns the exit status."""
    limit_itself()
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
            version = _version(h5py, file)
    except MemoryError:
        return TOO_LARGE
    except Exception:  # noqa: BLE001  the library raises all kinds, and all mean the same
        return UNREADABLE
    text = value if isinstance(value, bytes) else str(value).encode(errors="replace")
    if len(text) > MAX_BYTES:
        return TOO_LARGE
    sys.stdout.buffer.write(version + b"\n" + text)
    return 0


def _version(h5py: Any, file: Any) -> bytes:
    """The version of Keras, where it is a short text."""
    if not h5py.h5a.exists(file.id, VERSION):
        return b""
    attribute = h5py.h5a.open(file.id, VERSION)
    one = attribute.get_space().get_simple_extent_npoints() == 1
    if not one or attribute.get_storage_size() > MAX_VERSION:
        return b""
    value: Any = file.attrs[VERSION.decode()]
    text = value if isinstance(value, bytes) else str(value).encode(errors="replace")
    return text if len(text) <= MAX_VERSION and b"\n" not in text else b""


def limit_itself() -> None:
    """Bounds what this process may take."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
