"""Reads a few pictures of a data set directly from its files, for a preview in the app.

The files were downloaded: nothing in them is executed, and no more is read than a preview needs.
"""

import gzip
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from builder.datasets import availability, published
from builder.datasets.own_images import shelf
from builder.datasets.own_images.source import varied
from builder.system.errors import FormatError

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]

MAX_BATCH_BYTES = 400_000_000
_CANDIDATES = 1_000
_NUMPY_GLOBALS = frozenset(
    {
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("_codecs", "encode"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Pictures and their class numbers.

    Attributes:
        images: Of shape `(count, height, width, channels)`, values 0 to 255.
        labels: Of shape `(count,)`.
    """

    images: Images
    labels: Labels


def samples(name: str, count: int = 8) -> Samples | None:
    """Reads a few images, of as many classes as possible.

    Args:
        name: A data set's name.
        count: How many at most.

    Returns:
        The images, or None where the data set is not on this machine.

    Raises:
        FormatError: A file is damaged or is not what it claims to be.
        ParameterError: There is no such data set.
    """
    chosen = published.dataset(name)
    try:
        if chosen.folder:
            images, labels = _own(Path(chosen.folder))
        else:
            images, labels = _READERS[name](max(count, _CANDIDATES))
        if len(images) == 0 or len(images) != len(labels):
            raise ValueError(f"{len(images)} images and {len(labels)} labels")
        if labels.min() < 0 or labels.max() >= chosen.num_classes:
            raise ValueError(f"labels from {labels.min()} to {labels.max()}")
        images = images.reshape(len(images), *chosen.image_shape)
    except FileNotFoundError:
        return None
    except Exception as error:  # a damaged pickle or archive can raise anything
        fix = f"delete them from {availability.keras_folder()} so that they are downloaded again"
        raise FormatError(
            f"{chosen.title}: the files on this machine cannot be read ({error})",
            "delete these images and add them again" if chosen.folder else fix,
        ) from error
    picked = varied(labels, count)
    return Samples(np.asarray(images[picked]), labels[picked])


def _own(folder: Path) -> tuple[Images, Labels]:
    """Maps the arrays into memory: only the pictures that are picked are read."""
    images = np.load(folder / shelf.IMAGES, mmap_mode="r", allow_pickle=False)
    return images, np.load(folder / shelf.LABELS, allow_pickle=False)


def _digits(limit: int) -> tuple[Images, Labels]:
    path = availability.digits_file()
    if path is None:
        raise FileNotFoundError("digits.csv.gz")
    with gzip.open(path, "rt", encoding="ascii") as file:
        rows = np.loadtxt(file, delimiter=",", max_rows=limit, dtype=np.float64, ndmin=2)
    images = np.round(rows[:, :64] * (255 / 16)).astype(np.uint8)
    return images, rows[:, 64].astype(np.int64)


def _mnist(limit: int) -> tuple[Images, Labels]:
    with zipfile.ZipFile(availability.keras_folder() / "mnist.npz") as archive:
        return (
            _npz_head(archive, "x_train.npy", limit).astype(np.uint8),
            _npz_head(archive, "y_train.npy", limit).astype(np.int64),
        )


def _npz_head(archive: zipfile.ZipFile, member: str, limit: int) -> NDArray[Any]:
    """Reads the first entries of an array in an `.npz` without unpacking the rest."""
    with archive.open(member) as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{member} is of another version of NumPy's format")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        if fortran or not shape:
            raise ValueError(f"{member} is not a plain array")
        count = min(limit, shape[0])
        per_entry = int(np.prod(shape[1:], dtype=np.int64)) * dtype.itemsize
        data = _read_exactly(file, count * per_entry)
    # frombuffer refuses arrays of objects, which would have to be unpickled.
    return np.frombuffer(data, dtype=dtype).reshape(count, *shape[1:])


def _fashion_mnist(limit: int) -> tuple[Images, Labels]:
    folder = availability.keras_folder() / "fashion-mnist"
    return (
        _idx_head(folder / "train-images-idx3-ubyte.gz", 3, limit),
        _idx_head(folder / "train-labels-idx1-ubyte.gz", 1, limit).astype(np.int64),
    )


def _idx_head(path: Path, rank: int, limit: int) -> Images:
    """Reads the first entries of an IDX file: a magic number, the sizes, then bytes."""
    with gzip.open(path, "rb") as file:
        header = np.frombuffer(_read_exactly(file, 4 + 4 * rank), dtype=">u4")
        if header[0] != 0x0800 + rank:
            raise ValueError(f"{path.name} is not an IDX file of {rank} dimensions")
        shape = tuple(int(size) for size in header[1:])
        if shape[1:] not in ((), (28, 28)):
            raise ValueError(f"{path.name} holds images of {shape[1:]}")
        count = min(limit, shape[0])
        data = _read_exactly(file, count * int(np.prod(shape[1:], dtype=np.int64)))
    return np.frombuffer(data, dtype=np.uint8).reshape(count, *shape[1:])


def _cifar10(limit: int) -> tuple[Images, Labels]:
    folder = availability.keras_folder() / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    return _cifar(folder / "data_batch_1", b"labels", limit)


def _cifar100(limit: int) -> tuple[Images, Labels]:
    folder = availability.keras_folder() / "cifar-100-python-target" / "cifar-100-python"
    return _cifar(folder / "train", b"fine_labels", limit)


def _cifar(path: Path, labels_key: bytes, limit: int) -> tuple[Images, Labels]:
    """Reads one of CIFAR's pickles, in which images are rows of three color planes."""
    size = path.stat().st_size
    if size > MAX_BATCH_BYTES:
        raise ValueError(f"{path.name} has {size:,} bytes")
    batch: Any = _NumpyUnpickler(BytesIO(path.read_bytes()), encoding="bytes").load()
    rows = np.asarray(batch[b"data"][:limit], dtype=np.uint8)
    images = rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.asarray(batch[labels_key][:limit], dtype=np.int64)


class _NumpyUnpickler(pickle.Unpickler):
    """Rebuilds only arrays, as Keras's own loader does."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) in _NUMPY_GLOBALS:
            return super().find_class(module_name, global_name)
        raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}")


def _read_exactly(file: IO[bytes] | gzip.GzipFile, size: int) -> bytes:
    if size > MAX_BATCH_BYTES:
        raise ValueError(f"{size:,} bytes for a preview")
    data = file.read(size)
    if len(data) != size:
        raise EOFError(f"{size:,} bytes expected, {len(data):,} found")
    return data


_READERS: Mapping[str, Callable[[int], tuple[Images, Labels]]] = MappingProxyType(
    {
        "digits": _digits,
        "mnist": _mnist,
        "fashion_mnist": _fashion_mnist,
        "cifar10": _cifar10,
        "cifar100": _cifar100,
    }
)
