"""The range of a tensor's values, as far as it is known without training.

Pixels begin as 0 to 255. Each layer without trained weights declares its effect on a range
(`Layer.output_range`), by interval arithmetic: Rescaling(1/255) gives 0 to 1. After trained weights
nothing is known.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Range:
    """Values from `low` to `high`, both included.

    Attributes:
        low: The smallest value of any channel.
        high: The largest value of any channel.
        narrowest: The width of the range in the channel where it is smallest; None where all
            channels have the whole range.
    """

    low: float
    high: float
    narrowest: float | None = None

    @property
    def largest(self) -> float:
        """The largest absolute value."""
        return max(abs(self.low), abs(self.high))

    @property
    def width(self) -> float:
        """The smallest width of the range in any channel."""
        return self.high - self.low if self.narrowest is None else self.narrowest

    def union(self, *others: "Range") -> "Range":
        """The range of values that come from any of several."""
        every = (self, *others)
        return Range(
            min(each.low for each in every),
            max(each.high for each in every),
            min(each.width for each in every),
        )

    def with_zero(self) -> "Range":
        """The range of the same values and a margin of zeros."""
        return Range(min(self.low, 0.0), max(self.high, 0.0), self.width)

    def times(self, factor: float, offset: float = 0.0) -> "Range":
        """The range after a multiplication and an addition."""
        low, high = sorted((self.low * factor + offset, self.high * factor + offset))
        return Range(low, high, self.width * abs(factor))

    def clipped(self, limits: "Range") -> "Range":
        """The part of the range that lies within limits."""
        low, high = max(self.low, limits.low), min(self.high, limits.high)
        return Range(low, max(low, high), min(self.width, limits.width))

    def __str__(self) -> str:
        return f"{self.low:.4g} to {self.high:.4g}"


PIXELS = Range(0, 255)
"""The range of the images that a network gets."""
STANDARDIZED = Range(-5, 5)
"""Values of mean 0 and deviation 1; hardly any are more than five deviations away."""


def spanned(values: Iterable[float]) -> Range:
    """The range from the smallest value to the largest."""
    listed = list(values)
    return Range(min(listed), max(listed))


def joined(inputs: Sequence[Range | None]) -> Range | None:
    """The range of values from several tensors; None where one is unknown."""
    known = [each for each in inputs if each is not None]
    return known[0].union(*known[1:]) if known and len(known) == len(inputs) else None


def multiplied(inputs: Sequence[Range | None]) -> Range | None:
    """The range of an elementwise product; None where a factor is unknown."""
    known = [each for each in inputs if each is not None]
    if not known or len(known) < len(inputs):
        return None
    result = known[0]
    for each in known[1:]:
        ends = product((result.low, result.high), (each.low, each.high))
        result = spanned(a * b for a, b in ends)
    return result


def activated(activation: str, inputs: Range | None) -> Range | None:
    """The range after an activation; None where it is not known."""
    if activation in _BOUNDED:
        return _BOUNDED[activation]
    if inputs is None or activation not in _PIECEWISE_LINEAR:
        return None
    return spanned(_PIECEWISE_LINEAR[activation](end) for end in (inputs.low, inputs.high))


def numbers(value: float | Sequence[float]) -> tuple[float, ...]:
    """One number, or one per channel, as a tuple."""
    return tuple(value) if isinstance(value, Sequence) else (value,)


_BOUNDED = {
    "hard_sigmoid": Range(0, 1),
    "hard_tanh": Range(-1, 1),
    "sigmoid": Range(0, 1),
    "softmax": Range(0, 1),
    "softsign": Range(-1, 1),
    "tanh": Range(-1, 1),
}
_PIECEWISE_LINEAR: Mapping[str, Callable[[float], float]] = {
    "leaky_relu": lambda value: max(value, 0.2 * value),
    "linear": lambda value: value,
    "relu": lambda value: max(value, 0.0),
    "relu6": lambda value: min(max(value, 0.0), 6.0),
}
