"""The JSON text in which Keras describes a model, read within limits.

A configuration is a stranger's file. It is parsed by the standard library, which runs no code, and
only where it is no larger than any model in use would need.
"""

import json
from typing import Any, NoReturn, TypeGuard

from builder.errors import FormatError

MAX_BYTES = 8_000_000
"""NASNet-Large, with more than a thousand layers, takes 1.4 million."""
MAX_VALUES = 500_000
"""Objects, lists and what they hold; bounds the memory that reading takes."""
HALF = b"\\ud"
"""How the halves of a character begin; alone, they can neither be shown nor saved."""
MAX_DEPTH = 64
"""Levels of nesting; a model inside a model inside a model has some 20."""


def parse_configuration(text: bytes) -> dict[str, Any]:
    """Reads a model's configuration.

    Raises:
        FormatError: It is too large, too deep, damaged, or no JSON object.
    """
    if len(text) > MAX_BYTES:
        raise FormatError(
            f"received a configuration of more than {MAX_BYTES:,} bytes, expected fewer",
            "save a smaller model",
        )
    if sum(text.count(sign) for sign in (b",", b"{", b"[")) > MAX_VALUES:
        raise FormatError(
            f"received a configuration of more than {MAX_VALUES:,} values, expected fewer",
            "save a smaller model",
        )
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:  # also bytes that are no text, and numbers of thousands of digits
        raise FormatError(f"this is not a JSON file: {str(error)[:120]}") from None
    if HALF in text.lower():
        _check_characters(content)
    if not is_object(content):
        raise FormatError("expected a JSON object at the top", "choose a file that Keras wrote")
    _check_depth(content)
    return content


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value that came from JSON is an object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value that came from JSON is a list."""
    return isinstance(value, list)


def _check_depth(content: dict[str, Any]) -> None:
    level: list[Any] = [content]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for value in level
            for inner in (value.values() if is_object(value) else value)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _check_characters(content: Any) -> None:
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise FormatError("the configuration holds half a character, expected texts") from None


def _too_deep() -> FormatError:
    return FormatError(f"the configuration is nested more than {MAX_DEPTH} levels deep")


def _refuse_constant(name: str) -> NoReturn:
    raise FormatError(f"the configuration holds {name}, expected finite numbers")
