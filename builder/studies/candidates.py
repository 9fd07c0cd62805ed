"""What a search has proposed so far, as kept in `search.json`.

The study's process derives it from Optuna's journal, which no other process reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter


class Origin(StrEnum):
    """Who proposed a candidate."""

    SEARCH = "search"
    """The study's strategy."""
    RANDOM = "random"
    """The random search beside it."""


@dataclass(frozen=True)
class Candidate:
    """One choice of levels that a search proposed and that the budget allows.

    Attributes:
        key: Tells the variants of a study apart.
        origin: Who proposed it.
        levels: Pairs of the factor's number and its level; a factor that is left out stays as in
            the base.
    """

    key: str
    origin: Origin
    levels: tuple[tuple[int, Any], ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a search is.

    Attributes:
        candidates: In the order in which they were proposed.
        rejected: How many others broke the network or the budget, and were not trained.
        is_over: Whether nothing more is proposed.
        winners: The keys of the best of each search, the search's own first; empty before the end
            of the search.
        importances: How much of the objective's spread each dimension of a factor accounts for, as
            shares of 1; empty before the end of the search, and where too little is known.
        front: The keys of other variants that nothing beats in both of two objectives, the best
            first; empty likewise, and where there is one objective.
    """

    candidates: tuple[Candidate, ...] = ()
    rejected: Mapping[Origin, int] = field(default_factory=dict[Origin, int])
    is_over: bool = False
    winners: tuple[str, ...] = ()
    importances: Mapping[str, float] = field(default_factory=dict[str, float])
    front: tuple[str, ...] = ()

    @property
    def confirmed(self) -> tuple[str, ...]:
        """The keys of all variants that are trained again on fresh seeds, the base left out."""
        return (*self.winners, *self.front)

    def values(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return _PROGRESS.dump_python(self, mode="json")


def progress_of(values: Mapping[str, Any]) -> Progress:
    """A search's progress from plain JSON values.

    Raises:
        ValueError: The values are something else.
    """
    return _PROGRESS.validate_python(values)


_PROGRESS = TypeAdapter(Progress)
