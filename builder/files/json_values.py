"""Untrusted JSON values: parsed, and checked one by one."""

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

from builder.network.architecture import is_identifier
from builder.network.own_block_checks import MAX_SUMMARY
from builder.system.errors import FormatError, cut, shown

MAX_BYTES = 2_000_000


def load_json(text: str | bytes) -> Any:
    """Reads a JSON text of at most 2 MB.

    Raises:
        FormatError: It is too large, not JSON, or nested too deeply.
    """
    if len(text) > MAX_BYTES:
        raise FormatError(
            f"received a file of {len(text):,} bytes, expected at most {MAX_BYTES:,}",
            "choose another file",
        )
    try:
        return json.loads(text)
    except RecursionError:
        raise FormatError("this JSON file is nested too deeply") from None
    except UnicodeDecodeError:
        raise FormatError("this is not a JSON file: it is not text") from None
    except ValueError as error:  # covers numbers with thousands of digits
        raise FormatError(f"this is not a JSON file: {cut(str(error), 120)}") from None


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value that came from JSON is an object."""
    return isinstance(value, dict)


def identifier(where: str, value: Any) -> str:
    """The value if it can be the name of a node or a block; otherwise raises FormatError."""
    if not is_identifier(value):
        raise FormatError(
            f"{where}: received {shown(value)}, expected letters, digits and _ "
            "(at most 64, no digit first)"
        )
    return value


def line(where: str, value: Any) -> str:
    """The value if it is a text of one line; otherwise raises FormatError."""
    if not isinstance(value, str) or len(value) > MAX_SUMMARY or not (value + " ").isprintable():
        raise FormatError(
            f"{where}: received {shown(value)}, expected one line of at most {MAX_SUMMARY} letters"
        )
    return value


def list_of(where: str, value: Any, most: int) -> list[Any]:
    """The value if it is a list of at most so many entries; otherwise raises FormatError."""
    if not _is_list(value):
        raise FormatError(f"{where}: received {shown(value)}, expected a list")
    if len(value) > most:
        raise FormatError(f"{where}: received {len(value):,} entries, expected at most {most:,}")
    return value


def refuse_unknown(where: str, fields: Mapping[str, Any], known: set[str]) -> None:
    """Raises FormatError if a field is unknown."""
    unknown = sorted(str(key) for key in fields.keys() - known)
    if unknown:
        raise FormatError(f"{where}: {shown(unknown[0])} is not known here")


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
