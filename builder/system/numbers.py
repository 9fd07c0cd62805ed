"""Whole numbers as people write them."""

import re
from decimal import Decimal

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,_ ])\d{3}(?:\1\d{3})*)")
_POWER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:[eE]\+?\d{1,2})?")
_MOST_DIGITS = 18


def read_whole(text: str) -> int:
    """Reads `12`, `1,000,000`, `1_000_000`, `1e6` or `1.5e6`, exactly.

    Raises:
        ValueError: It is not a whole number, or has more than 18 digits.
    """
    typed = text.strip()
    if _GROUPED.fullmatch(typed):
        typed = re.sub(r"[,_ ]", "", typed)
    if _POWER.fullmatch(typed) is None:
        raise ValueError(f"received {text[:40]!r}, expected a whole number")
    value = Decimal(typed)
    if value != value.to_integral_value() or abs(value) >= 10**_MOST_DIGITS:
        raise ValueError(f"received {text[:40]!r}, expected a whole number")
    return int(value)
