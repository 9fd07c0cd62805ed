"""Numbers and nested numbers, as a person writes them and as a form shows them."""

import json
import re
from typing import Any

from builder.system.errors import ParameterError
from builder.system.numbers import read_whole

_NUMBER = r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?"
_FRACTION = re.compile(rf"({_NUMBER})(?:\s*/\s*({_NUMBER}))?")
_LARGEST_DENOMINATOR = 1_000
_LARGEST_WHOLE = 2**53
_SHORT = 8


def parse_number(text: str) -> float:
    """Reads `0.001`, `1e-3` or `1/255`.

    Raises:
        ParameterError: It is not a number.
    """
    match = _FRACTION.fullmatch(text.strip())
    if match is None:
        raise ParameterError(f"received {_cut(text)}, expected a number such as 0.1, 1e-3 or 1/255")
    above, below = float(match[1]), float(match[2] or 1)
    if below == 0:
        raise ParameterError(
            f"received {_cut(text)}, expected a number other than 0 below the line"
        )
    return above / below


def to_whole(number: float | None) -> int | None:
    """Takes what stands in a field for a whole number; None for an empty one.

    Raises:
        ParameterError: It has a fraction, or is larger than a browser counts.
    """
    if number is None:
        return None
    if abs(number) > _LARGEST_WHOLE or not float(number).is_integer():
        raise ParameterError(f"received {number}, expected a whole number")
    return int(number)


def format_number(value: float) -> str:
    """Writes a number as short as it can be read back exactly: `0.3`, `1e-05`, `1/255`."""
    text = json.dumps(value)
    text = text.removesuffix(".0")
    if len(text) > _SHORT and abs(value) >= 1 / _LARGEST_DENOMINATOR:
        denominator = round(1 / value)
        if 2 <= abs(denominator) <= _LARGEST_DENOMINATOR and 1 / denominator == value:
            return f"{'-' if value < 0 else ''}1/{abs(denominator)}"
    return text


def parse_whole(text: str) -> int:
    """Reads `12`, `1,000,000` or `1e6`.

    Raises:
        ParameterError: It is not a whole number.
    """
    try:
        return read_whole(text)
    except ValueError:
        raise ParameterError(
            f"received {_cut(text)}, expected a whole number such as 4, 50,000 or 1e6"
        ) from None


def format_whole(value: int) -> str:
    """Writes a whole number with its thousands separated: `50,000`."""
    return f"{value:,}"


def parse_list(text: str, *, whole: bool, alone: bool = False, holes: bool = False) -> Any:
    """Reads several numbers, set apart by commas, spaces or ×.

    Args:
        text: What was typed.
        whole: Whole numbers only.
        alone: One number is given back by itself instead of as a list.
        holes: `none` may stand for a number.

    Raises:
        ParameterError: Something else stands there.
    """
    fractions = re.sub(r"\s*/\s*", "/", text)
    parts = [part for part in re.split(r"[\s,×;()\[\]]+", fractions) if part]
    example = "whole numbers such as 4, 4, 64" if whole else "numbers such as 0, 0.5"
    if not parts:
        raise ParameterError(f"received {_cut(text)}, expected {example}")
    numbers: list[Any] = []
    for part in parts:
        if holes and part.casefold() == "none":
            numbers.append(None)
        elif not whole:
            numbers.append(parse_number(part))
        elif re.fullmatch(r"[+-]?\d{1,18}", part):
            numbers.append(int(part))
        else:
            raise ParameterError(f"received {_cut(part)}, expected {example}")
    return numbers[0] if alone and len(numbers) == 1 else numbers


def format_list(value: Any) -> str:
    """Writes a number or several, as `parse_list` reads them: `4, 4, 64`."""
    items = value if isinstance(value, list | tuple) else [value]
    return ", ".join("none" if item is None else format_number(item) for item in items)


def spread(value: Any, template: Any) -> list[int] | None:
    """Spreads a number or a nest of numbers over a template, repeating what stands for several.

    Returns:
        One number for each 0 in the template, or None where the value does not fit it.
    """
    if template == 0:
        return [value] if isinstance(value, int) else None
    if isinstance(value, int):
        value = [value] * len(template)
    if value is None or len(value) != len(template):
        return None
    parts = [spread(item, inner) for item, inner in zip(value, template, strict=True)]
    return None if None in parts else [leaf for part in parts for leaf in part or ()]


def gather(leaves: list[Any], template: Any) -> Any:
    """Puts numbers back into the nest of a template: the reverse of `spread`."""
    if template == 0:
        return leaves[0]
    result: list[Any] = []
    for inner in template:
        size = count(inner)
        result.append(gather(leaves[:size], inner))
        leaves = leaves[size:]
    return result


def count(template: Any) -> int:
    """How many numbers a template holds."""
    return 1 if template == 0 else sum(count(inner) for inner in template)


def _cut(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
