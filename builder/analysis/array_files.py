"""Files of NumPy arrays in a run's folder (`.npz`), each with an array `version`."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.system.atomic import replacing
from builder.system.errors import FormatError
from builder.system.formats import VERSION_KEY, Format, NewerVersionError

_DAMAGE = (
    *(OSError, ValueError, KeyError, EOFError, MemoryError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, struct.error, FormatError),
)
"""What reading damaged bytes raises; an unknown compression raises a RuntimeError."""


def write_arrays(path: Path, kind: Format, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes arrays of a format, completely or not at all.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file is untouched.
    """
    with replacing(path) as file:
        np.savez_compressed(file, **kind.stamp(arrays))


def read_arrays(
    path: Path, kind: Format, names: Iterable[str], max_bytes: int
) -> dict[str, NDArray[Any]] | None:
    """Reads arrays of a format; None where there is none, or it is damaged or too large.

    Args:
        path: The file.
        kind: Its format.
        names: The names of the wanted arrays.
        max_bytes: The largest unpacked size of the whole file.

    Raises:
        NewerVersionError: A later version of Convstack wrote it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > max_bytes:
                return None
        with np.load(path, allow_pickle=False) as arrays:
            version = arrays[VERSION_KEY] if VERSION_KEY in arrays else np.array(kind.first)
            kind.check(version.item())
            found = {name: arrays[name] for name in names if name in arrays}
        now = kind.forward(dict(found), version.item())
        chosen = {name: now[name] for name in names}
    except NewerVersionError:
        raise
    except _DAMAGE:
        return None
    return chosen if all(isinstance(array, np.ndarray) for array in chosen.values()) else None
