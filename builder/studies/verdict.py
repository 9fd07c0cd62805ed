"""What may be concluded of a variant."""

from enum import StrEnum


class Verdict(StrEnum):
    """What may be concluded of a variant that lacks or changes something.

    `WORTH`: the base is better. `BETTER_WITHOUT`: the variant is. `NOT_DISTINGUISHABLE`: these
    seeds show no difference. `UNDECIDED`: no outcome of so few seeds could have shown one. `SAME`:
    each seed gave exactly the same.
    """

    WORTH = "worth"
    BETTER_WITHOUT = "better_without"
    NOT_DISTINGUISHABLE = "not_distinguishable"
    UNDECIDED = "undecided"
    SAME = "same"
