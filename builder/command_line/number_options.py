"""Parsers of options that take numbers, with errors that say what was received and expected."""

import math
from collections.abc import Callable

import typer

from builder.blocks.parameter import Parameter
from builder.system.errors import shown
from builder.system.expectations import NUMBER, WHOLE, limits, number_words
from builder.system.numbers import read_whole


def whole_number(least: int, most: float | None = None) -> Callable[[str | int], int]:
    """Makes the parser of an option that takes a whole number.

    Args:
        least: The smallest number allowed.
        most: The largest number allowed; None for no such limit.
    """
    expected = number_words(WHOLE, low=least, high=most)

    def parse(text: str | int) -> int:
        try:
            number = read_whole(str(text))
        except ValueError:
            raise _refused(text, expected) from None
        if number < least or (most is not None and number > most):
            raise _refused(text, expected)
        return number

    return parse


def declared_number(parameter: Parameter) -> Callable[[str | int], int]:
    """Makes the parser of an option for a declared whole number, with the limits declared there."""
    bounds = limits(parameter.schema)
    return whole_number(int(bounds["low"] or 0), bounds["high"])


def number(
    least: float | None = None, most: float | None = None, *, above: float | None = None
) -> Callable[[str], float]:
    """Makes the parser of an option that takes a number.

    Args:
        least: The smallest number allowed; None for no such limit.
        most: The largest number allowed; None for no such limit.
        above: The number that it has to exceed; None for no such limit.
    """
    expected = number_words(NUMBER, low=least, high=most, above=above)

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise _refused(text, expected) from None
        too_small = (least is not None and value < least) or (above is not None and value <= above)
        too_large = most is not None and value > most
        if not math.isfinite(value) or too_small or too_large:
            raise _refused(text, expected)
        return value

    return parse


def _refused(text: object, expected: str) -> typer.BadParameter:
    return typer.BadParameter(f"received {shown(text)}, expected {expected}")
