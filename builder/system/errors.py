"""The errors that a person can cause, and that every part of Convstack knows how to show.

BuilderError            root: a message that may be shown as it stands
├── ParameterError      a parameter's value is refused
├── ShapeError          a block does not fit its input
├── EditError           an edit makes no sense for this architecture
├── FormatError         a file is damaged, hostile or from another version
└── DiskError           a file cannot be read or written
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MAX_SHOWN = 60
"""Characters of a received value that a message repeats."""
MAX_REFUSALS = 5
"""Refused parameters that one message names."""


def shown(value: object) -> str:
    """Writes a received value for a message, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, or a deep nest
        return f"a {type(value).__name__}"
    return cut(text, MAX_SHOWN)


def cut(text: str, most: int) -> str:
    """The text, with its end replaced by `…` where it is longer than that."""
    return text if len(text) <= most else text[: most - 3] + "…"


class BuilderError(Exception):
    """Root of all errors whose text is meant for a person.

    Args:
        message: What was received and what was expected.
        fix: What to do about it, as a short sentence without a full stop; may be empty.
    """

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(f"{message}; {fix}" if fix else message)
        self.message = message
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the value of one parameter is refused.

    Attributes:
        path: Where the parameter stands: `("filters",)`, or within a choice
            `("optimizer", "SGD", "momentum")`; empty where the values are no object at all.
        received: The value.
        expected: What is allowed, in words.
        is_unknown: Whether there is no such parameter; `expected` lists those that there are.
    """

    path: tuple[str, ...]
    received: Any
    expected: str
    is_unknown: bool = False

    @property
    def name(self) -> str:
        """The parameter with what it stands in: `optimizer.SGD.momentum`."""
        return cut(".".join(self.path), MAX_SHOWN)

    @property
    def reason(self) -> str:
        """What was received and what is expected, for a place that names the parameter itself."""
        if self.is_unknown:
            return f"there is no {self.name}, expected {self.expected}"
        return f"received {shown(self.received)}, expected {self.expected}"

    def __str__(self) -> str:
        return self.reason if self.is_unknown or not self.path else f"{self.name}: {self.reason}"


class ParameterError(BuilderError):
    """Values of parameters are refused.

    Attributes:
        refusals: The refused parameters; none where the message is about something else.
        reasons: The message without the owner.

    Args:
        message: What is wrong; empty where the refusals say it.
        fix: As for every error.
        owner: What has the parameters: the type of a block, or "training settings"; may be empty.
        refusals: The refused parameters.
    """

    def __init__(
        self,
        message: str = "",
        fix: str = "",
        *,
        owner: str = "",
        refusals: Sequence[Refusal] = (),
    ) -> None:
        self.refusals = tuple(refusals)
        listed = [str(refusal) for refusal in self.refusals[:MAX_REFUSALS]]
        if len(self.refusals) > MAX_REFUSALS:
            listed.append(f"and {len(self.refusals) - MAX_REFUSALS} more")
        self.reasons = message or "; ".join(listed)
        super().__init__(f"{owner}: {self.reasons}" if owner else self.reasons, fix)

    @property
    def parameter(self) -> str:
        """The name of the parameter that is refused, the first of several; empty for none."""
        path = self.refusals[0].path if self.refusals else ()
        return path[-1] if path else ""

    @property
    def received(self) -> Any:
        """The value of that parameter."""
        return self.refusals[0].received if self.refusals else None

    def reason_for(self, parameter: str) -> str:
        """Why a parameter is refused, without its name; the whole text where another one is."""
        found = (refusal for refusal in self.refusals if parameter in refusal.path)
        refusal = next(found, None)
        return refusal.reason if refusal else str(self)


def refused(parameter: str, received: object, expected: str, fix: str = "") -> ParameterError:
    """The error of one parameter that belongs to nothing declared."""
    return ParameterError(fix=fix, refusals=[Refusal((parameter,), received, expected)])


class ShapeError(BuilderError):
    """A block cannot be applied to the shapes that reach it.

    Attributes:
        work: What was done inside of the block before, counted in layers.
    """

    work: int = 0


class EditError(BuilderError):
    """An edit cannot be carried out on this architecture."""


class FormatError(BuilderError):
    """A file cannot be read as what it claims to be."""


class DiskError(BuilderError):
    """A file or a folder cannot be read or written: the disk is full, say, or it is not ours."""
