"""Which values of a data set's images become 0 to 255: one range for all images of a kind.

Example: a microscope writes 12 bits into 16-bit files, and the brightest value of the whole set is
3,871. The range is 0 to 4,095: in every file 0 becomes 0 and 4,095 becomes 255. Scaled by its own
maximum each image would lose its brightness; scaled by 65,535 only 16 gray levels would be left.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from builder.datasets.own_images.data_codes import DataCode
from builder.system.errors import FormatError, ParameterError

TOLERANCE = 0.05
"""How far, as a share of a range, values may go beyond it: resizing overshoots at edges."""
DARK = 0.25
"""Images that use less than this share of a range are said to have little contrast."""

_DEPTHS = (1, 8, 10, 12, 14, 16)
_DARKEST_BYTES = 64
"""Floats whose largest value is below this are not taken for values from 0 to 255."""


class Kind(StrEnum):
    """How an image's samples are written; the kinds are ordered by what they can hold."""

    BYTE = "8-bit"
    INTEGER = "integer"
    FLOAT = "float"


KIND_WORDS = {
    Kind.BYTE: "8-bit images",
    Kind.INTEGER: "images of more than 8 bits",
    Kind.FLOAT: "images of floats",
}
"""What images of each kind are called."""


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The values of one kind of images that become 0 to 255; what lies beyond is cut off.

    Attributes:
        kind: The images that it holds for.
        low: Becomes 0.
        high: Becomes 255.
    """

    kind: Kind
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.high - self.low) and self.low < self.high):
            raise ParameterError(
                f"value range: received {self.low:,.6g} to {self.high:,.6g}, expected a low value "
                "and a higher one"
            )

    @property
    def name(self) -> str:
        """The range in words, such as `0 to 4,095 (12 bit)`."""
        depth = self._depth()
        return f"{_span(self.low, self.high)}{f' ({depth})' if depth else ''}"

    @property
    def effect(self) -> str:
        """What it does, such as `values 0 to 4,095 (12 bit) become 0 to 255`."""
        if (self.low, self.high) != (0, 255):
            return f"values {self.name} become 0 to 255"
        rounded = ", rounded" if self.kind is Kind.FLOAT else ""
        return f"values {self.name} stay as they are{rounded}"

    def _depth(self) -> str:
        if self.kind is Kind.FLOAT:
            return ""
        if (self.low, self.high) == (-128, 127):
            return "8 bit, signed"
        return next(
            (f"{bits} bit" for bits in _DEPTHS if (self.low, self.high) == (0, 2**bits - 1)), ""
        )


Ranges = tuple[ValueRange, ...]

PREPARED_BEFORE: Ranges = (
    ValueRange(Kind.BYTE, 0, 255),
    ValueRange(Kind.INTEGER, 0, 65_535),
)
"""What data sets have that were prepared before their range was noted, whichever kind they are."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The values that images of one kind have.

    Attributes:
        kind: How their samples are written.
        count: How many images.
        low: Their smallest value.
        high: Their largest value.
        is_measured: Whether `low` and `high` were looked for; otherwise the format tells them.
    """

    kind: Kind
    count: int
    low: float
    high: float
    is_measured: bool

    @property
    def span(self) -> str:
        """The values in words, such as `0 to 3,871`."""
        return _span(self.low, self.high)

    def joined(self, other: "Extent") -> "Extent":
        """The extent of both."""
        return Extent(
            self.kind,
            self.count + other.count,
            min(self.low, other.low),
            max(self.high, other.high),
            self.is_measured and other.is_measured,
        )


def extent(kind: Kind, measured: tuple[float, float] | None) -> Extent:
    """The extent of one image; without measured values it is that of its format."""
    low, high = measured or (0, 255)
    return Extent(kind, 1, low, high, measured is not None)


def join(extents: Iterable[Extent]) -> tuple[Extent, ...]:
    """Joins the extents of each kind; the kinds come in their order."""
    found: dict[Kind, Extent] = {}
    for one in extents:
        found[one.kind] = found[one.kind].joined(one) if one.kind in found else one
    return tuple(found[kind] for kind in Kind if kind in found)


def decide(extents: Iterable[Extent]) -> Ranges:
    """Chooses the range of each kind, by its format and the values of the whole data set.

    Raises:
        FormatError: Values are too far apart to be scaled.
    """
    return tuple(_range_of(one) for one in join(extents))


def _range_of(one: Extent) -> ValueRange:
    if one.kind is Kind.BYTE:
        return ValueRange(one.kind, 0, 255)
    if not math.isfinite(one.high - one.low):
        raise FormatError(DataCode.RANGE_TOO_WIDE, low=one.low, high=one.high)
    low, high = (_of_integers if one.kind is Kind.INTEGER else _of_floats)(one.low, one.high)
    return ValueRange(one.kind, low, high)


def _of_integers(low: float, high: float) -> tuple[float, float]:
    """The smallest bit depth that holds all values, else what the values are."""
    if low >= 0:
        full = next((2**bits - 1 for bits in _DEPTHS if high < 2**bits), None)
        return _own(low, high) if full is None else (0, full)
    for known in ((-1, 1), (-128, 127)):
        if known[0] <= low and high <= known[1]:
            return known
    return _own(low, high)


def _of_floats(low: float, high: float) -> tuple[float, float]:
    """The usual range that the values fill, else what the values are."""
    if _holds((0, 1), low, high):
        return 0, 1
    if _holds((-1, 1), low, high) and max(-low, high) > 0.5 + TOLERANCE:
        return -1, 1
    if _holds((0, 255), low, high) and high >= _DARKEST_BYTES:
        return 0, 255
    return _own(low, high)


def _holds(known: tuple[float, float], low: float, high: float) -> bool:
    spare = TOLERANCE * (known[1] - known[0])
    return known[0] - spare <= low and high <= known[1] + spare


def _own(low: float, high: float) -> tuple[float, float]:
    """From the smallest value to the largest; of a single value, from or to zero."""
    return (low, high) if low < high else (min(low, 0), max(high, 0))


def choices(one: Extent) -> Ranges:
    """The ranges that make sense for images of a kind, the recommended one first."""
    known: list[tuple[float, float]] = []
    if one.is_measured and one.low < one.high:
        known.append((one.low, one.high))
    if one.kind is Kind.INTEGER:
        known += [(0, 2**bits - 1) for bits in _DEPTHS[1:]]
    elif one.kind is Kind.FLOAT:
        known += [(0, 1), (-1, 1), (0, 255)]
    else:
        known += [(0, 1), (0, 15)]
    found = [*decide([one]), *(ValueRange(one.kind, low, high) for low, high in known)]
    return tuple(dict.fromkeys(found))


def changed(ranges: Ranges, low: float, high: float) -> Ranges:
    """The ranges with another one for the kind that can hold the most.

    Raises:
        ParameterError: It is no range.
    """
    order = list(Kind)
    deepest = max((one.kind for one in ranges), key=order.index, default=Kind.BYTE)
    others = tuple(one for one in ranges if one.kind is not deepest)
    return (*others, ValueRange(deepest, low, high))


def effect(extents: Sequence[Extent], ranges: Ranges) -> str:
    """Says what ranges do, and which values the images have where that was looked for."""
    said = words(ranges)
    if len(extents) != 1 or not extents[0].is_measured:
        return said
    return f"{said} The images have {extents[0].span}."


def same_for_all(low: float, high: float) -> Ranges:
    """One range for images of every kind.

    Raises:
        ParameterError: It is no range.
    """
    return tuple(ValueRange(kind, low, high) for kind in Kind)


def range_for(kind: Kind, ranges: Ranges) -> ValueRange | None:
    """The range of images of a kind, if there is one."""
    return next((one for one in ranges if one.kind is kind), None)


def is_plain(ranges: Ranges) -> bool:
    """Whether all images have 8 bits and keep their values."""
    return all(one.kind is Kind.BYTE and (one.low, one.high) == (0, 255) for one in ranges)


def words(ranges: Ranges) -> str:
    """Says in a sentence what ranges do; of several, which images each is for."""
    if len(ranges) == 1:
        return f"The {ranges[0].effect}."
    each = "; ".join(f"of {KIND_WORDS[one.kind]} the {one.effect}" for one in ranges)
    return f"{each[:1].upper()}{each[1:]}."


def doubts(extents: Iterable[Extent], ranges: Ranges) -> list[str]:
    """Says where values lie beyond a range, or fill little of it."""
    said: list[str] = []
    for one in extents:
        known = range_for(one.kind, ranges)
        if known is None or not one.is_measured:
            continue
        width = known.high - known.low
        span = one.span
        if one.low < known.low or one.high > known.high:
            said.append(f"The values go from {span}; what is beyond {known.name} is cut off.")
        elif one.high - one.low < DARK * width:
            said.append(f"The values {span} fill little of {known.name}: there is little contrast.")
    return said


def _span(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e9 else f"{value:,.6g}"
