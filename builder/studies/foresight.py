"""What a number of seeds can tell, before anything is trained.

Pages and the command line import this module, so it does without SciPy;
`tests/studies/test_foresight.py` compares it with SciPy's t distribution.
"""

from math import ceil, log2, sqrt

ALPHA = 0.05
"""The share of differences that are called real by mistake where there is none."""

_HALF_WIDTHS = (
    *(8.98, 2.48, 1.59, 1.24, 1.05, 0.925, 0.836, 0.769, 0.715, 0.672, 0.635, 0.604, 0.577),
    *(0.554, 0.533, 0.514, 0.497, 0.482, 0.468, 0.455, 0.443, 0.432, 0.422, 0.413, 0.404),
    *(0.396, 0.388, 0.38, 0.373),
)
"""`half_width` of 2, 3, 4, … 30 seeds."""


def seeds_needed(variants: int, alpha: float = ALPHA) -> int:
    """The least number of seeds with which a difference can be called real.

    The smallest p of n seeds is 2 / 2ⁿ, and Holm's correction multiplies it by the number of
    variants: 6 seeds for one variant, 8 for five.
    """
    seeds = ceil(log2(2 * max(1, variants) / alpha))
    return seeds if 2 * max(1, variants) / 2**seeds < alpha else seeds + 1


def half_width(seeds: int) -> float:
    """Half of the 95 % t-interval of a mean difference, in units of the differences' deviation.

    2.48 with 3 seeds, 1.05 with 6, 0.72 with 10.

    Args:
        seeds: Two or more.
    """
    if seeds - 2 < len(_HALF_WIDTHS):
        return _HALF_WIDTHS[seeds - 2]
    return (1.96 + 2.4 / (seeds - 1)) / sqrt(seeds)
