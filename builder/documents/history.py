"""Undo and redo: a list of values and a place in it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

ValueT = TypeVar("ValueT")

MAX_STEPS = 500


@dataclass(frozen=True)
class History(Generic[ValueT]):
    """A value with the values before it and, after an undo, after it.

    Attributes:
        present: The value as it is now.
        past: Earlier values, the latest last; at most 500.
        future: Undone values, the next to redo last.
    """

    present: ValueT
    past: tuple[ValueT, ...] = ()
    future: tuple[ValueT, ...] = ()

    def push(self, value: ValueT) -> "History[ValueT]":
        """Moves on to a new value and drops the undone ones; an equal value changes nothing."""
        if value == self.present:
            return self
        return History(value, (*self.past, self.present)[-MAX_STEPS:])

    def undo(self) -> "History[ValueT]":
        """Moves one value back, if there is one."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redo(self) -> "History[ValueT]":
        """Moves one value forward again, if there is one."""
        if not self.future:
            return self
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])
