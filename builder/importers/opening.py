"""Opens any file that describes a network: one of ours, or one that Keras saved."""

from dataclasses import replace
from pathlib import PurePath
from typing import Any, BinaryIO

from builder.files.document_file import parse
from builder.files.json_values import MAX_BYTES as OWN_BYTES
from builder.importers.archive import read_archive
from builder.importers.assembly import assemble
from builder.importers.configuration import (
    MAX_BYTES,
    is_object,
    model_in,
    parse_configuration,
    parse_json,
)
from builder.importers.folding import fold as folded
from builder.importers.graph import read_graph
from builder.importers.hdf5 import read_hdf5
from builder.importers.names import is_automatic
from builder.importers.origin import refuse_strangers
from builder.importers.result import ImportResult
from builder.importers.statistics import fill_statistics
from builder.importers.version import Saved, read_version
from builder.network.architecture import title
from builder.system.errors import FormatError

ENDINGS = ("json", "keras", "h5")
"""The endings of such files."""

ZIP, HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
KERAS = b"class_name"
"""A key in every configuration that Keras writes."""


def open_file(file: BinaryIO, name: str = "", *, fold: bool = True) -> ImportResult:
    """Reads an architecture, a document, or a model that Keras saved.

    Args:
        file: The file, which must be seekable; its first bytes show what it is.
        name: The file's name; its stem is the architecture's name where the model has none.
        fold: Whether layers are put together to modules where they are exactly the same.

    Raises:
        FormatError: The file is none of these, or is damaged or malicious.
    """
    file.seek(0)
    start = file.read(256)
    file.seek(0)
    _check_ending(name, start)
    if start.startswith(HDF5):
        return _from_saved(read_hdf5(file), file, name, fold)
    if start.startswith(ZIP):
        return _from_saved(read_archive(file), file, name, fold)
    text = file.read(MAX_BYTES + 1)
    if KERAS in text:
        content = parse_json(text)
        if not is_object(content) or "format" not in content:
            return _from_configuration(model_in(content), "", name, fold)
    document = parse(text)
    return ImportResult(document.architecture, training=document.training)


def is_ours(file: BinaryIO) -> bool:
    """Whether a file is one of ours or unknown, rather than a Keras model."""
    file.seek(0)
    start = file.read(OWN_BYTES + 1)
    return not start.startswith((ZIP, HDF5)) and len(start) <= OWN_BYTES and KERAS not in start


def _check_ending(name: str, start: bytes) -> None:
    """Refuses a file that is not what its name says, before its content causes confusion."""
    for ending, sign, what in ((".keras", ZIP, "a zip archive"), (".h5", HDF5, "an HDF5 file")):
        if name.lower().endswith(ending) and not start.startswith(sign):
            raise FormatError(
                f"this is not {what}, which a {ending} file is", "save the model again"
            )


def _from_saved(saved: Saved, file: BinaryIO, name: str, fold: bool) -> ImportResult:
    content = parse_configuration(saved.text)
    lost = fill_statistics(content, file)
    result = _from_configuration(content, saved.version, name, fold)
    found = (*result.unmapped, *lost)
    return replace(result, unmapped=found, has_weights=saved.has_weights)


def _from_configuration(
    content: dict[str, Any], version: str, name: str, fold: bool
) -> ImportResult:
    refuse_strangers(content)
    keras = read_version(version, content)
    graph = read_graph(content)
    architecture, unmapped = assemble(graph, _title(graph.name, name), keras)
    architecture = folded(architecture) if fold else architecture
    return ImportResult(architecture, unmapped, len(graph.calls))


def _title(model: str, file: str) -> str:
    """The model's name, or the file's if the model's name is automatic."""
    stem = PurePath(file.replace("\\", "/")).stem
    candidates = [stem, model] if is_automatic(model) else [model, stem]
    for candidate in candidates:
        try:
            return title(candidate[:80])
        except FormatError:
            continue
    return "imported"
