"""Untrusted JSON values: parsed, and checked one by one."""

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

from builder.network.architecture import is_identifier
from builder.network.own_block_checks import MAX_SUMMARY
from builder.system.errors import FormatError, cut
from builder.system.format_codes import FormatCode

MAX_BYTES = 2_000_000


def load_json(text: str | bytes) -> Any:
    """Reads a JSON text of at most 2 MB.

    Raises:
        FormatError: It is too large, not JSON, or nested too deeply.
    """
    if len(text) > MAX_BYTES:
        raise FormatError(FormatCode.TOO_LARGE, received=len(text), most=MAX_BYTES)
    try:
        return json.loads(text)
    except RecursionError:
        raise FormatError(FormatCode.TOO_NESTED) from None
    except UnicodeDecodeError:
        raise FormatError(FormatCode.NO_TEXT) from None
    except ValueError as error:  # covers numbers with thousands of digits
        raise FormatError(FormatCode.NO_JSON, reason=cut(str(error), 120)) from None


def wrong_value(where: str, received: object, expected: str) -> FormatError:
    """The error of one value in a file.

    Args:
        where: Its place in the file, such as `node 3: inputs`.
        received: The value.
        expected: What is allowed, in words.
    """
    return FormatError(FormatCode.WRONG_VALUE, where=where, received=received, expected=expected)


def object_of(where: str, value: Any) -> dict[str, Any]:
    """The value if it is an object; otherwise raises FormatError."""
    if not is_object(value):
        raise wrong_value(where, value, "an object")
    return value


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value that came from JSON is an object."""
    return isinstance(value, dict)


def identifier(where: str, value: Any) -> str:
    """The value if it can be the name of a node or a block; otherwise raises FormatError."""
    if not is_identifier(value):
        raise wrong_value(where, value, "letters, digits and _ (at most 64, no digit first)")
    return value


def line(where: str, value: Any) -> str:
    """The value if it is a text of one line; otherwise raises FormatError."""
    if not isinstance(value, str) or len(value) > MAX_SUMMARY or not (value + " ").isprintable():
        raise wrong_value(where, value, f"one line of at most {MAX_SUMMARY} letters")
    return value


def list_of(where: str, value: Any, most: int) -> list[Any]:
    """The value if it is a list of at most so many entries; otherwise raises FormatError."""
    if not _is_list(value):
        raise wrong_value(where, value, "a list")
    if len(value) > most:
        code = FormatCode.TOO_MANY_ENTRIES
        raise FormatError(code, where=where, received=len(value), most=most)
    return value


def refuse_unknown(where: str, fields: Mapping[str, Any], known: set[str]) -> None:
    """Raises FormatError if a field is unknown."""
    unknown = sorted(str(key) for key in fields.keys() - known)
    if unknown:
        raise FormatError(FormatCode.UNKNOWN_FIELD, where=where, field=unknown[0])


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def in_lines(value: Any, levels: int, indent: str = "") -> str:
    """JSON with a line for each thing of the outer levels, and the inner ones in their line.

    A file of a network so has a line for each node. Python's own indentation is written without
    its C encoder and takes several times as long.

    Args:
        value: Plain values.
        levels: How many levels are written in lines; only objects, and lists of objects.
        indent: What precedes the lines of this value.
    """
    further = f"{indent} "
    if levels and is_object(value) and value:
        named = (
            f"{further}{json.dumps(str(name), ensure_ascii=False)}: "
            f"{in_lines(inner, levels - 1, further)}"
            for name, inner in value.items()
        )
        return "{\n" + ",\n".join(named) + f"\n{indent}}}"
    if levels and _is_list(value) and value and all(map(is_object, value)):
        items = (further + in_lines(item, levels - 1, further) for item in value)
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)
