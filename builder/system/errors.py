"""The errors that a person can cause, and that every part of Convstack knows how to show.

What code decides on is a type, a code or a field; the words come last, and nothing reads them.

BuilderError            root: a message that may be shown as it stands
├── ParameterError      a parameter's value is refused
├── ShapeError          a block does not fit its input
├── EditError           an edit makes no sense for this architecture
├── FormatError         a file is damaged, hostile or from another version
└── DiskError           a file cannot be read or written
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any, NamedTuple

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


class Words(NamedTuple):
    """What a person reads of a problem.

    Attributes:
        message: What was received and what was expected.
        fix: What to do about it, as a short sentence without a full stop; may be empty.
    """

    message: str
    fix: str = ""

    @property
    def sentences(self) -> str:
        """Both as sentences, one after the other."""
        return " ".join(f"{text[:1].upper()}{text[1:]}." for text in self._clauses)

    @property
    def line(self) -> str:
        """Both in one line, parted by a semicolon."""
        return "; ".join(self._clauses)

    @property
    def _clauses(self) -> tuple[str, ...]:
        """Both without a full stop at the end: the messages of findings and of Keras have one."""
        return tuple(text.rstrip(".") for text in self if text)


class Code(StrEnum):
    """What kind of problem it is. Each enum of codes stands beside the words for them."""

    def words(self, **fields: Any) -> Words:
        """Puts a problem of this kind into words.

        Args:
            fields: The values in its sentence, by name.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, as data.

    Attributes:
        code: What kind of problem it is.
        fields: The values in its sentence, by name.
    """

    code: Code
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def words(self) -> Words:
        """The problem as a person reads it."""
        return self.code.words(**self.fields)

    @property
    def message(self) -> str:
        """What was received and what was expected."""
        return self.words.message

    @property
    def fix(self) -> str:
        """What to do; may be empty."""
        return self.words.fix

    @property
    def innermost(self) -> "Problem":
        """The problem itself, or the one inside of what it tells where that happened."""
        inner = self.fields.get("inner")
        return inner.innermost if isinstance(inner, Problem) else self


class ErrorCode(Code):
    """The codes that every kind of error may have."""

    TEXT = auto()
    """An error that nothing decides on: it is shown, and its fields are the words for it."""
    REFUSED_PARAMETERS = auto()

    def words(self, **fields: Any) -> Words:
        if self is ErrorCode.REFUSED_PARAMETERS:
            return _words_of_refusals(**fields)
        return Words(**fields)


class BuilderError(Exception):
    """Root of all errors that a person is told of.

    Attributes:
        problem: What is wrong, as data.
        message: What was received and what was expected.
        fix: What to do about it, as a short sentence without a full stop; may be empty.

    Args:
        what: What kind of problem it is, or the problem of another error; or the message, where
            nothing decides on the error.
        fix: What to do about it, beside a message.
        fields: The values in the sentence of a code, by name.
    """

    def __init__(self, what: str | Code | Problem, fix: str = "", /, **fields: Any) -> None:
        if isinstance(what, Problem):
            self.problem = what
        elif isinstance(what, Code):
            self.problem = Problem(what, fields)
        else:
            self.problem = Problem(ErrorCode.TEXT, {"message": what, "fix": fix})
        self.message, self.fix = words = self.problem.words
        super().__init__(words.line)

    @property
    def code(self) -> Code:
        """What kind of problem it is."""
        return self.problem.code


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
        self.reasons = message or _listed(self.refusals)
        if message:
            super().__init__(f"{owner}: {message}" if owner else message, fix)
        else:
            fields = {"owner": owner, "refusals": self.refusals, "fix": fix}
            super().__init__(ErrorCode.REFUSED_PARAMETERS, **fields)

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


def _listed(refusals: Sequence[Refusal]) -> str:
    listed = [str(refusal) for refusal in refusals[:MAX_REFUSALS]]
    if len(refusals) > MAX_REFUSALS:
        listed.append(f"and {len(refusals) - MAX_REFUSALS} more")
    return "; ".join(listed)


def _words_of_refusals(owner: str, refusals: Sequence[Refusal], fix: str) -> Words:
    reasons = _listed(refusals)
    return Words(f"{owner}: {reasons}" if owner else reasons, fix)


def refused(parameter: str, received: object, expected: str, fix: str = "") -> ParameterError:
    """The error of one parameter that belongs to nothing declared."""
    return ParameterError(fix=fix, refusals=[Refusal((parameter,), received, expected)])


class ShapeError(BuilderError):
    """A block cannot be applied to the shapes that reach it.

    Attributes:
        work: What was done inside of the block before, counted in layers.

    Args:
        code: What kind of problem it is.
        fields: The values in its sentence, by name.
    """

    work: int = 0

    def __init__(self, code: Code, /, **fields: Any) -> None:
        super().__init__(code, **fields)


class EditError(BuilderError):
    """An edit cannot be carried out on this architecture."""


class FormatError(BuilderError):
    """A file cannot be read as what it claims to be."""


class DiskError(BuilderError):
    """A file or a folder cannot be read or written: the disk is full, say, or it is not ours."""
