"""Why a variant is not trained: codes, and the words for them."""

from enum import auto
from typing import Any

from builder.network.issues import Issue
from builder.system.errors import Code, Problem, Words


class VariantCode(Code):
    """Why a variant is not trained, where its network could be made."""

    BROKEN = auto()
    """Its network has errors; the field is the first of them."""
    OVER_BUDGET = auto()
    OTHER_OUTPUT = auto()
    SAME = auto()
    """An earlier variant has the same network and settings; `key` tells which."""

    def words(self, **fields: Any) -> Words:
        return {
            VariantCode.BROKEN: _broken,
            VariantCode.OVER_BUDGET: _over_budget,
            VariantCode.OTHER_OUTPUT: _other_output,
            VariantCode.SAME: _same,
        }[self](**fields)


def problem_text(problem: Problem | None) -> str:
    """A problem in one line, with what to do; empty where there is none."""
    return problem.words.line if problem else ""


def obstacle_words(problem: str, *, only_fresh: bool = False) -> str:
    """Why a variant is not trained as the others are; empty where it is.

    Args:
        problem: What stands in its way, in words; empty for nothing.
        only_fresh: Whether it is trained on fresh seeds all the same.
    """
    lead = "trained with fresh seeds only" if only_fresh else "not trained"
    return f"{lead}: {problem}" if problem else ""


def _broken(issue: Issue) -> Words:
    return Words(str(issue))


def _over_budget(cost: str, received: int, limit: int) -> Words:
    return Words(f"{received:,} {cost.replace('_', ' ')}, the budget allows {limit:,}")


def _other_output() -> Words:
    return Words("its output has another shape than the base's")


def _same(title: str, **_: Any) -> Words:
    return Words(f"it is the same as {title}")
