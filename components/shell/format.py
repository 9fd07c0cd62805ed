"""Writes numbers and times for the screen; exact values belong in a tooltip."""

from datetime import UTC, datetime

from builder.blocks.costs import format_shape
from builder.blocks.types import Shape

UNKNOWN = "–"
"""The text for a missing number."""

_PREFIXES = ("", "k", "M", "G", "T", "P")


def count(value: int | None) -> str:
    """Writes a whole number with its thousands separated: `1,792`."""
    return UNKNOWN if value is None else f"{value:,}"


def plural(value: int, noun: str, plural_noun: str = "") -> str:
    """Writes a number and what it counts: `1 problem`, `3 problems`, `1,437 images`."""
    return f"{value:,} {noun if value == 1 else plural_noun or noun + 's'}"


def shape(value: Shape | None) -> str:
    """Writes a shape without its batch axis: `32×32×64`."""
    return UNKNOWN if value is None else format_shape(value)


def quantity(value: float | None, unit: str) -> str:
    """Writes a number with an SI prefix, to three digits at most: `48.2 M MACs`, `640 MACs`."""
    if value is None:
        return UNKNOWN
    number, prefix = _scaled(value)
    return f"{number} {prefix} {unit}".replace("  ", " ")


def macs(value: int | None) -> str:
    """Writes multiply-accumulates: `48.2 M MACs`."""
    return quantity(value, "MACs")


def size(num_bytes: int | None) -> str:
    """Writes a size in decimal bytes: `262 kB`, `38 MB`, `1.2 GB`."""
    if num_bytes is None:
        return UNKNOWN
    number, prefix = _scaled(num_bytes, two_digits=True)
    return f"{number} {prefix}B"


def rate(per_second: float | None, noun: str = "images") -> str:
    """Writes a rate: `7,900 images/s`, `3.4 images/s`."""
    if per_second is None:
        return UNKNOWN
    number = f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"
    return f"{number} {noun}/s"


def percent(fraction: float | None, digits: int = 1) -> str:
    """Writes a fraction from 0 to 1: `90.8 %`."""
    return UNKNOWN if fraction is None else f"{100 * fraction:.{digits}f} %"


def metric(value: float | None) -> str:
    """Writes a loss or a metric to four digits: `0.6931`, `12.35`, `1.2e-05`."""
    if value is None:
        return UNKNOWN
    if value != 0 and (abs(value) < 1e-3 or abs(value) >= 1e5):
        return f"{value:.1e}"
    digits = max(0, 4 - len(str(int(abs(value))))) if abs(value) >= 1 else 4
    return f"{value:.{digits}f}"


def duration(seconds: float | None) -> str:
    """Writes a time span: `0.4 s`, `45 s`, `2 min 05 s`, `1 h 02 min`, `3 d 04 h`."""
    if seconds is None:
        return UNKNOWN
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = whole // 60
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes // (24 * 60)} d {minutes // 60 % 24:02} h"


def ago(moment: str) -> str:
    """Says how long ago an ISO 8601 time was: `just now`, `5 min ago`, `yesterday`."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return "at an unknown time"
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    seconds = (datetime.now(UTC) - then).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h ago"
    days = int(seconds // 86_400)
    return (
        "yesterday" if days == 1 else f"{days} days ago" if days < 60 else then.date().isoformat()
    )


def _scaled(value: float, *, two_digits: bool = False) -> tuple[str, str]:
    """Splits a number into its digits and its SI prefix."""
    step = 0
    while abs(value) >= 999.5 and step < len(_PREFIXES) - 1:
        value, step = value / 1000, step + 1
    decimals = 1 if step and abs(value) < (9.95 if two_digits else 99.95) else 0
    return f"{value:,.{decimals}f}", _PREFIXES[step]
