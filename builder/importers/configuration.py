"""Reads the JSON text in which Keras describes a model, within limits.

Keras's own text is `{"class_name": "Functional", "config": {…}}`. People also write the result of
`model.get_config()`, which is only the inner part, or encode the text as JSON once more, by
`json.dump(model.to_json(), file)`. Both hold all that is needed, so they are read as well.

A configuration is an untrusted file. The standard library parses it, which runs no code, and only
if it is no larger than any real model needs.
"""

import json
from typing import Any, NoReturn, TypeGuard

from builder.system.errors import FormatError, cut, shown

MAX_BYTES = 8_000_000
"""NASNet-Large, with more than a thousand layers, takes 1.4 million."""
MAX_VALUES = 500_000
"""The most values, nested ones included; bounds the memory that reading takes."""
MAX_LISTED = 5
"""How many keys of an object a message repeats."""
HALF = b"\\ud"
"""The start of surrogates, which can be neither shown nor saved alone."""
MAX_TEXTS = 3
"""How often a JSON text may be encoded as JSON again."""
MAX_DEPTH = 64
"""Levels of nesting; a model inside a model inside a model has some 20."""


def parse_configuration(text: bytes) -> dict[str, Any]:
    """Reads a model's configuration.

    Raises:
        FormatError: It is too large, too deep, damaged, or describes no model.
    """
    return model_in(parse_json(text))


def model_in(content: Any) -> dict[str, Any]:
    """The description of a model, or of one that is written as its settings only.

    Raises:
        FormatError: It is something else.
    """
    if is_list(content) and content and all(map(_is_layer, content)):
        return {"class_name": "Sequential", "config": content}  # get_config() of Keras 2.0 to 2.2
    if is_object(content) and "class_name" in content:
        return content
    if is_object(content) and is_list(content.get("layers")):
        functional = "input_layers" in content and "output_layers" in content
        return {"class_name": "Functional" if functional else "Sequential", "config": content}
    what = f"an object of {_listed(content)}" if is_object(content) else shown(content)
    raise FormatError(
        f"received {what}, expected the class_name and config of a model",
        "write model.to_json() to the file, or save the model by model.save()",
    )


def _is_layer(value: Any) -> bool:
    return is_object(value) and isinstance(value.get("class_name"), str) and "config" in value


def _listed(content: dict[str, Any]) -> str:
    first = [shown(key) for key in [*content][:MAX_LISTED]]
    return ", ".join(first) + (" and more" if len(content) > MAX_LISTED else "")


def parse_json(text: bytes) -> Any:
    """Reads a JSON text within limits, and the text inside it if it holds one.

    Raises:
        FormatError: It is too large, too deep or damaged.
    """
    for _ in range(MAX_TEXTS):
        content = _parse(text)
        if not isinstance(content, str):
            return content
        try:
            text = content.encode()
        except UnicodeEncodeError:
            raise _half_character() from None
    raise FormatError("this is a JSON text inside of texts, expected a JSON object")


def _parse(text: bytes) -> Any:
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
    except ValueError as error:  # covers non-text bytes and numbers with thousands of digits
        raise FormatError(f"this is not a JSON file: {cut(str(error), 120)}") from None
    if HALF in text.lower():
        _check_characters(content)
    _check_depth(content)
    return content


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value that came from JSON is an object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value that came from JSON is a list."""
    return isinstance(value, list)


def _check_depth(content: Any) -> None:
    level: list[Any] = [content] if isinstance(content, dict | list) else []
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
        raise _half_character() from None


def _half_character() -> FormatError:
    return FormatError("the configuration holds half a character, expected texts")


def _too_deep() -> FormatError:
    return FormatError(f"the configuration is nested more than {MAX_DEPTH} levels deep")


def _refuse_constant(name: str) -> NoReturn:
    raise FormatError(f"the configuration holds {name}, expected finite numbers")
