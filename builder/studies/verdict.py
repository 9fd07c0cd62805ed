"""What may be concluded of a variant beside the base."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What may be concluded of a variant that lacks or changes something.

    `WORTH`: the base is better. `BETTER_WITHOUT`: the variant is. `NOT_DISTINGUISHABLE`: these
    seeds show no difference. `INCONCLUSIVE`: either the interval or the test shows one, not both.
    `UNDECIDED`: no outcome of so few seeds could have shown one. `SAME`: each of enough seeds gave
    exactly the same.
    """

    WORTH = "worth"
    BETTER_WITHOUT = "better_without"
    NOT_DISTINGUISHABLE = "not_distinguishable"
    INCONCLUSIVE = "inconclusive"
    UNDECIDED = "undecided"
    SAME = "same"


@dataclass(frozen=True)
class Comparison:
    """A variant beside the base.

    Attributes:
        differences: By seed, base minus variant, in rising order of the seeds; positive where the
            base is better.
        mean: Of the differences; None without any.
        low: Lower end of the 95 % interval of the mean (BCa bootstrap); None below two seeds.
        high: Its upper end.
        p: Of the exact sign-flip test, two-sided; None without a seed.
        adjusted: The same after Holm's correction over the parts of the study.
        verdict: What may be concluded.
        seeds_needed: The least number of seeds with which a verdict is possible.
    """

    differences: Mapping[int, float]
    mean: float | None
    low: float | None
    high: float | None
    p: float | None
    adjusted: float | None
    verdict: Verdict
    seeds_needed: int

    @property
    def ends(self) -> tuple[float, float] | None:
        """Both ends of the interval; None where there is none."""
        return None if self.low is None or self.high is None else (self.low, self.high)
