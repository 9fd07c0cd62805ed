"""Reads an uploaded model in a separate process, which can be cancelled."""

import json
import shutil
import threading
from pathlib import PurePath
from typing import Any, BinaryIO

from builder.files.document_file import parse
from builder.importers import import_child
from builder.importers.import_child import MAX_MEMORY
from builder.importers.opening import is_ours, open_file
from builder.importers.result import ImportResult, from_plain
from builder.system.background import Background
from builder.system.errors import FormatError
from builder.system.helper_process import Ended, EndedBy, run_module
from builder.system.temporary import temporary_folder

SECONDS = 120.0
"""Seconds that reading may take; a busy machine gives a process little time."""
_ALL_MEMORY = 2 * MAX_MEMORY
"""Bytes, with the processes that read HDF5, and what is the system's."""


def import_file(
    file: BinaryIO, name: str, *, fold: bool = True, cancel: threading.Event | None = None
) -> ImportResult:
    """Reads an architecture, a document, or a model that Keras saved, as `open_file` does.

    Our own files are read at once, within budgets, others in a separate process.

    Args:
        file: The file, which can be sought in.
        name: Its name.
        fold: Whether to fold layers into modules where these are exactly the same.
        cancel: Ends the work as soon as it is set.

    Raises:
        FormatError: It is refused, or was cancelled.
        OSError: There is no room for a copy of it.
    """
    if is_ours(file):
        return open_file(file, name, fold=fold)
    with temporary_folder("import") as folder:
        path = folder / "upload"
        with path.open("wb") as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
        request = {"path": str(path), "name": PurePath(name).name, "fold": fold}
        ended = run_module(
            import_child.__name__,
            content=json.dumps(request).encode(),
            seconds=SECONDS,
            max_bytes=_ALL_MEMORY,
            environment={"TMPDIR": str(folder)},  # removes what a killed process leaves, too
            cancel=cancel,
        )
    return _result(ended)


class ImportWork(Background[ImportResult]):
    """Reading a file, beside a page.

    Args:
        file: The file, which can be sought in.
        name: Its name.
        fold: As for `import_file`.
    """

    def __init__(self, file: BinaryIO, name: str, *, fold: bool) -> None:
        self._file, self._name, self._fold = file, name, fold
        super().__init__(self._do, "reading the model")

    def _do(self, cancel: threading.Event) -> ImportResult:
        return import_file(self._file, self._name, fold=self._fold, cancel=cancel)


def _result(ended: Ended) -> ImportResult:
    if ended.by == EndedBy.CANCELLED:
        raise FormatError("reading the model was cancelled")
    if ended.by != EndedBy.ITSELF or ended.status < 0:
        raise FormatError(
            "it asks for more time or memory than any model needs", "choose a smaller one"
        )
    if ended.refusal:
        refused = json.loads(ended.refusal)
        raise FormatError(refused["message"], refused["fix"])
    if ended.status:
        lines = ended.messages.strip().splitlines() or ["it said nothing"]
        raise FormatError(f"reading it failed: {lines[-1][:200]}")
    answer: dict[str, Any] = json.loads(ended.output)
    document = parse(answer["document"])
    return ImportResult(
        document.architecture,
        tuple(from_plain(found) for found in answer["unmapped"]),
        answer["num_layers"],
        document.training,
        answer["has_weights"],
    )
