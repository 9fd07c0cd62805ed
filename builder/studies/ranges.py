"""Ranges of levels, and how they are written: `16,32,64`, `1..5`, `0..0.5:6`, `log:1e-4..1e-2`."""

import json
import math
import re
from dataclasses import KW_ONLY
from typing import Annotated, Any

from pydantic import Field

from builder.blocks.declaration import Declared, declaration
from builder.system.errors import MAX_SHOWN, EditError, cut, shown

USUAL_STEPS = 5
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_STEPS = r"(?::(\d{1,9}))?"
_RANGE = re.compile(rf"(log:)?({_NUMBER})\.\.({_NUMBER}){_STEPS}(?:(\s+log){_STEPS})?")
_WHOLE = re.compile(r"[-+]?\d+(?:[eE]\+?\d+)?")
_NUMBERS = re.compile(rf"[\[(]?\s*{_NUMBER}(?:[\s,;]+{_NUMBER})*[\s,;]*[\])]?")
MAX_STEPS = 1_000
_Finite = Annotated[float, Field(allow_inf_nan=False)]


@declaration
class Range(Declared):
    """Numbers from one to another.

    Attributes:
        low: The smallest.
        high: The largest.
        log: Whether steps multiply, as for a learning rate.
        integer: Whether only whole numbers count.
        steps: How many values a grid has; it has each whole number once.
    """

    low: _Finite
    high: _Finite
    _: KW_ONLY
    log: bool = False
    integer: bool = False
    steps: Annotated[int, Field(ge=2, le=MAX_STEPS)] = USUAL_STEPS

    @classmethod
    def type_name(cls) -> str:
        return "range"

    def check(self) -> None:
        """Checks the ends.

        Raises:
            EditError: The ends are the wrong way round, or a logarithmic range has no first step.
        """
        if not self.low < self.high:
            raise EditError(f"{self.low:g}..{self.high:g}: expected the smaller number first")
        if self.log and self.low <= 0:
            raise EditError(f"log:{self.low:g}..{self.high:g}: expected numbers above 0")

    def grid(self) -> tuple[float | int, ...]:
        """The values of a grid, both ends among them; each once."""
        self.check()
        shares = [step / (self.steps - 1) for step in range(self.steps)]
        return tuple(dict.fromkeys(self.at(share) for share in shares))

    def at(self, share: float) -> float | int:
        """The value at a share of the way, from 0 to 1."""
        if self.log:
            value = math.exp(
                math.log(self.low) + share * (math.log(self.high) - math.log(self.low))
            )
        else:
            value = self.low + share * (self.high - self.low)
        if share in (0, 1):  # the ends are what was asked for, to the last bit
            value = self.high if share else self.low
        return self.rounded(value)

    def rounded(self, value: float) -> float | int:
        """A value of the range as a level: a whole number, or one of six digits."""
        return round(value) if self.integer else float(f"{value:.6g}")


def read_levels(text: str) -> tuple[Any, ...] | Range:
    """Reads levels as a person writes them.

        16,32,64          these, each once; numbers may be set apart by spaces or ; too
        1..5              the whole numbers from 1 to 5
        1..1e6:4          four of the whole numbers from 1 to a million
        0..0.5:6          six numbers from 0 to 0.5
        log:1e-4..1e-2    five numbers, each a multiple of the one before; 1e-4..1e-2 log too,
                          log:1e-4..1e-2:3 and 1e-4..1e-2 log:3 for three of them
        log:8..128        likewise, rounded to whole numbers, since both ends are
        relu,gelu,none    names; none is no value

    Raises:
        EditError: The text is neither a list nor a range.
    """
    found = _RANGE.fullmatch(text.strip())
    if found is not None:
        before, low, high, steps, after, steps_after = found.groups()
        if not (steps and steps_after):
            return _range(text.strip(), low, high, steps or steps_after, bool(before or after))
    numbers = _NUMBERS.fullmatch(text.strip())
    parts: list[str] = re.findall(_NUMBER, text) if numbers else text.split(",")
    given = [_level(part.strip()) for part in parts if part.strip()]
    levels = tuple({repr(level): level for level in given}.values())
    if not levels or ".." in text:
        raise EditError(
            f"received the levels {shown(text)}, expected a list such as 16,32,64 or a range such "
            "as 1..5, 0..0.5:6 or log:1e-4..1e-2"
        )
    return levels


def _range(text: str, low: str, high: str, steps: str | None, log: bool) -> Range:
    """A range from its parts; whole numbers are all taken where no number of steps is given.

    Raises:
        EditError: It is no range, or has too many whole numbers.
        ParameterError: The number of steps or an end is out of range.
    """
    integer = all(_WHOLE.fullmatch(end) for end in (low, high))
    ends = {"low": float(low), "high": float(high), "log": log, "integer": integer}
    Range.create(ends).check()
    many = int(float(high)) - int(float(low)) + 1 if integer and not log else USUAL_STEPS
    if steps is None and many > MAX_STEPS:
        raise EditError(
            f"{cut(text, MAX_SHOWN)}: received {cut(f'{many:,}', MAX_SHOWN)} whole numbers, "
            f"expected at most {MAX_STEPS:,}",
            f"say how many of them count, such as {cut(text, MAX_SHOWN)}:{USUAL_STEPS}",
        )
    return Range.create(ends | {"steps": int(steps) if steps else many})


def _level(text: str) -> Any:
    """A level of a list: a number, a truth value, nothing, or a name."""
    if text == "none":
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, float) and not math.isfinite(value):
        raise EditError(f"received {text}, expected a finite number")
    return int(value) if isinstance(value, float) and _WHOLE.fullmatch(text) else value
