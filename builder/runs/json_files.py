"""JSON files of a run, which may be damaged, or written by another process right now."""

import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from builder.system.atomic import write_atomically
from builder.system.disk_errors import reason
from builder.system.errors import FormatError, shown
from builder.system.expectations import expected
from builder.system.formats import Format

MAX_JSON_BYTES = 5_000_000
UNREADABLE = (OSError, ValueError, FormatError)
"""What reading a file raises if it is missing, damaged or of a later version."""


def read_values(path: Path, kind: Format) -> dict[str, Any]:
    """Reads a file of a format, in any version that is known.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not a JSON object.
        FormatError: It is of a later version, or its content is not what its version says.
    """
    return kind.current(read_json(path))


def write_values(path: Path, kind: Format, values: Mapping[str, Any]) -> None:
    """Replaces a file of a format; see `write_json`."""
    write_json(path, kind.stamp(values))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replaces a JSON file in one step, but does not sync it: a run's state changes every second.

    What a power cut must not take from a run is in its checkpoints, which are synced.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(path, text + "\n", durable=False)


def read_json(path: Path) -> dict[str, Any]:
    """Reads a JSON object of reasonable size.

    Raises:
        OSError: It cannot be read.
        ValueError: It is something else, or holds what other programs refuse as JSON.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe would wait for a writer
        raise ValueError("it is no file")
    if status.st_size > MAX_JSON_BYTES:
        raise ValueError(f"more than {MAX_JSON_BYTES:,} bytes")
    try:
        value = json.loads(path.read_bytes() or b"null")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    # Only Python accepts NaN and lone surrogates; browsers and files do not.
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        raise ValueError("a number in it is not finite") from None
    text.encode()
    if not isinstance(value, dict):
        raise ValueError("not a JSON object" if status.st_size else "it is empty")
    return cast("dict[str, Any]", value)


def stamp(path: Path) -> tuple[int, ...]:
    """Changes whenever a file is written.

    Raises:
        OSError: There is no such file.
    """
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


def describe_damage(error: Exception) -> str:
    """Says in a few words why a file of a run cannot be read."""
    if isinstance(error, FileNotFoundError):
        return "it is missing"
    if isinstance(error, OSError):
        return reason(error)
    if isinstance(error, UnicodeError):
        return "it is not UTF-8"
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, ValidationError):
        return _describe_value(error.errors(include_url=False)[0])
    return str(error)


def _describe_value(details: Mapping[str, Any]) -> str:
    """Says which value of a file is wrong, after an error of pydantic's."""
    place = ".".join(map(str, details["loc"]))
    raised = details.get("ctx", {}).get("error")
    if isinstance(raised, ValueError):  # a check of ours says what it received
        return f"{place}: {raised}" if place else str(raised)
    said = f"received {shown(details['input'])}, expected {expected(details)}"
    return f"{place}: {said}" if place else said
