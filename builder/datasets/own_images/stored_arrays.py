"""The arrays of an `.npz` file, looked at before they are read.

Type, shape and size of an array stand in its header and are checked first; nothing is unpickled.
"""

import tokenize
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from builder.datasets.own_images import archive
from builder.datasets.own_images.file_codes import ArrayCode
from builder.system.errors import FormatError

MAX_HEADER = 10_000
"""Characters of an array's description."""
MAX_LABEL_BYTES = 400_000_000
CHUNK_BYTES = 16_000_000
"""Read at once of the images."""


@dataclass(frozen=True, slots=True)
class Array:
    """An array of the file, of which nothing but the header was read.

    Attributes:
        key: Its name in the file.
        member: Where it is.
        shape: Of all of it.
        dtype: Of one value.
        is_fortran: Whether it is stored column by column.
        num_bytes: What stands behind the header.
    """

    key: str
    member: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_fortran: bool
    num_bytes: int

    @property
    def row_bytes(self) -> int:
        """Of one entry along the first axis."""
        size = self.dtype.itemsize
        for length in self.shape[1:]:
            size *= length
        return size


def headers(opened: zipfile.ZipFile) -> dict[str, Array]:
    """The arrays of the file by their names in lower case; `check` those that are used.

    Raises:
        FormatError: A header is damaged, or two names differ in case only.
    """
    found: dict[str, Array] = {}
    for member in archive.files(opened):
        if not member.filename.endswith(".npy"):
            continue
        with opened.open(member) as file:
            shape, dtype, fortran = _header(file, member.filename)
            start = file.tell()
        key = member.filename.removesuffix(".npy")
        array = Array(key, member, shape, dtype, fortran, member.file_size - start)
        if key.lower() in found:
            raise FormatError(ArrayCode.ALIKE, array=found[key.lower()].key, other=key)
        found[key.lower()] = array
    return found


def _header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    formats = np.lib.format
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header of Python 2 is read as well
            version = formats.read_magic(file)
            if version == (1, 0):
                read = formats.read_array_header_1_0
            elif version == (2, 0):
                read = formats.read_array_header_2_0
            else:
                raise ValueError(f"version {version}")
            shape, fortran, dtype = read(file, max_header_size=MAX_HEADER)
    # What the parser of the header raises for one that is made up.
    except (ValueError, SyntaxError, TypeError, tokenize.TokenError, RecursionError) as error:
        raise FormatError(ArrayCode.NO_ARRAY, array=name) from error
    return shape, dtype, fortran


def check(array: Array) -> None:
    """Refuses an array that can be neither images nor classes.

    Raises:
        FormatError: It is damaged, or holds something else.
    """
    key, dtype = array.key, array.dtype
    if dtype.names or dtype.kind not in "biufUS" or dtype.itemsize == 0:
        received = "objects" if dtype.hasobject else dtype.name
        raise FormatError(ArrayCode.OTHER_VALUES, array=key, received=received)
    if array.is_fortran and len(array.shape) > 1:
        raise FormatError(ArrayCode.COLUMN_BY_COLUMN, array=key)
    expected = array.row_bytes * array.shape[0] if array.shape else dtype.itemsize
    if any(length < 0 for length in array.shape) or expected != array.num_bytes:
        raise FormatError(
            ArrayCode.WRONG_SIZE,
            array=key,
            shape=words(array.shape),
            expected=expected,
            received=array.num_bytes,
        )


def read_whole(opened: zipfile.ZipFile, array: Array) -> NDArray[Any]:
    """Reads an array of labels or names.

    Raises:
        FormatError: It is too large for that, or damaged.
    """
    size = array.row_bytes * (array.shape[0] if array.shape else 1)
    if size > MAX_LABEL_BYTES:
        code = ArrayCode.LABELS_TOO_LARGE
        raise FormatError(code, array=array.key, received=size, most=MAX_LABEL_BYTES)
    read = list(chunks(opened, array))
    return np.concatenate(read) if read else np.empty(array.shape, array.dtype)


def chunks(opened: zipfile.ZipFile, array: Array) -> Iterator[NDArray[Any]]:
    """Reads an array some rows at a time; the archive's checksum is compared at its end."""
    num_rows = array.shape[0] if array.shape else 0
    at_once = max(1, CHUNK_BYTES // max(1, array.row_bytes))
    with opened.open(array.member) as file:
        _header(file, array.key)
        for start in range(0, num_rows, at_once):
            count = min(at_once, num_rows - start)
            data = file.read(count * array.row_bytes)
            if len(data) != count * array.row_bytes:
                raise FormatError(ArrayCode.CUT_OFF, array=array.key)
            yield np.frombuffer(data, dtype=array.dtype).reshape(count, *array.shape[1:])
        file.read(1)


def words(shape: tuple[int, ...]) -> str:
    """Writes a shape for a message."""
    return "×".join(f"{length:,}" for length in shape) or "of one value"
