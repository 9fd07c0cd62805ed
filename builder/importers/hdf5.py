"""The configuration inside of an `.h5` file: an attribute, read in a process of its own."""

import contextlib
import shutil
import tempfile
from collections.abc import Generator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from builder.importers import hdf5_child
from builder.importers.hdf5_child import MAX_BYTES, MAX_VERSION, MISSING, TOO_LARGE
from builder.importers.version import Saved
from builder.system.errors import FormatError
from builder.system.helper_process import Ended, EndedBy, run_module
from builder.system.temporary import system_prefix

MAX_SECONDS = 10
MAX_MEMORY = 200_000_000
MOST = MAX_BYTES + MAX_VERSION + 1


def read_hdf5(file: BinaryIO) -> Saved:
    """Reads the configuration out of an `.h5` file, and the version of Keras that wrote it.

    Raises:
        FormatError: The file is damaged, made to do harm, or holds no configuration.
    """
    with as_path(file) as path:
        ended = run_reader(hdf5_child.__name__, path)
    if ended.by != EndedBy.ITSELF or ended.status == TOO_LARGE or len(ended.output) > MOST:
        raise FormatError("the HDF5 file asks for more time or memory than any model needs")
    if ended.status == MISSING:
        raise FormatError(
            "the HDF5 file holds no model_config: weights alone do not say how layers are joined",
            "save the whole model by model.save()",
        )
    if ended.status:
        raise FormatError(
            "the HDF5 file cannot be read: it is damaged or far too large", "save the model again"
        )
    version, _, text = ended.output.partition(b"\n")
    return Saved(text, version.decode(errors="replace"), has_weights=True)


@contextlib.contextmanager
def as_path(file: BinaryIO) -> Generator[Path]:
    """A path under which another process can read the file."""
    if isinstance(file, BufferedReader):  # what is uploaded has a name too, a stranger's
        yield Path(file.name)
        return
    with tempfile.NamedTemporaryFile(prefix=system_prefix("model"), suffix=".h5") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield Path(copy.name)


def run_reader(module: str, path: Path) -> Ended:
    """Runs a module that reads an HDF5 file, bounded in time and memory."""
    return run_module(
        module,
        [str(path)],
        seconds=MAX_SECONDS,
        max_bytes=MAX_MEMORY,
        environment={"OPENBLAS_NUM_THREADS": "1", "HDF5_USE_FILE_LOCKING": "FALSE"},
    )
