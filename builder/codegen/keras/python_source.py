"""Pieces of Python text: values, names and calls."""

import keyword
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import fields, is_dataclass
from typing import Any, cast

from builder.blocks.base import Block, short_float
from builder.codegen.keras.layout import lay_out


def literal(value: Any) -> str:
    """Writes a parameter's value as Python source.

    Strings are quoted by `repr`, so no text can become code. The inverse of an integer is written
    as such: `1 / 255`.
    """
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, tuple):
        items = [literal(item) for item in cast(tuple[Any, ...], value)]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    if isinstance(value, float):
        fraction = short_float(value)
        return fraction.replace("/", " / ") if "/" in fraction else repr(value)
    if is_dataclass(value):
        positional = [field for field in fields(value) if not field.kw_only]
        arguments = ", ".join(
            f"{field.name}={literal(getattr(value, field.name))}" for field in positional
        )
        if len(positional) == 1:
            arguments = arguments.partition("=")[2]
        return f"{namespace(value)}.{type(value).__name__}({arguments})"
    return repr(value)


def namespace(value: Any) -> str:
    """Where Keras has the class of a value that a parameter holds: `regularizers`."""
    return type(value).__module__.rpartition(".")[2]


def namespaces(blocks: Iterable[Block]) -> frozenset[str]:
    """Keras's namespaces of the classes of all values in blocks: regularizers, initializers."""
    values = (getattr(block, p.name) for block in blocks for p in block.parameters())
    return frozenset(namespace(value) for value in values if is_dataclass(value))


def quote(text: str) -> str:
    """Quotes a text by `repr`, with double quotes unless it contains some."""
    quoted = repr(text)
    if quoted.startswith("'") and '"' not in quoted:
        return f'"{quoted[1:-1]}"'
    return quoted


def identifier(text: str, taken: Set[str] = frozenset()) -> str:
    """Turns any text into a Python identifier that is neither a keyword nor taken."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "model"
    return free_name(f"model_{name}" if name[0].isdigit() else name, taken)


def free_name(name: str, taken: Set[str]) -> str:
    """The name with as many `_` appended as needed to be neither a keyword nor taken."""
    while keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in taken:
        name += "_"
    return name


def call(head: str, arguments: Sequence[str], tail: str = "", depth: int = 1) -> str:
    """Writes `head(arguments)tail` at an indentation, over several lines where it is too long.

    Args:
        head: What comes before the bracket: `x = layers.Conv2D`.
        arguments: Each argument's source.
        tail: What comes after the bracket: `(x)`.
        depth: Levels of indentation.
    """
    return lay_out(f"{head}({', '.join(arguments)}){tail}", depth)
