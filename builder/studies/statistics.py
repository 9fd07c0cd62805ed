"""What a few seeds can tell of the difference between two networks.

Seeds are paired: seed 3 fixes split, order, augmentation and initialization for every variant, so
what is looked at is the difference of two variants at the same seed. A difference counts as real
only where two tests agree, an interval and an exact test (arXiv 2511.19794): with so few seeds each
of them alone is wrong too often.

Only the process of a study imports this module: SciPy takes half a second to load.
"""

import importlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np

from builder.studies.foresight import ALPHA, seeds_needed
from builder.studies.verdict import Comparison, Verdict

stats: Any = importlib.import_module("scipy.stats")  # it says little of its types
RESAMPLES = 9_999
_KEPT = 4_096
"""Results that are kept: a study asks for those of all variants after each training."""
MOST_EXACT = 14
"""Seeds up to which all ways to flip signs are tried: 16,384 of them."""


def compare(
    base: Mapping[int, float],
    variants: Sequence[Mapping[int, float]],
    higher_is_better: bool,
    alpha: float = ALPHA,
) -> tuple[Comparison, ...]:
    """Compares variants with the base of a study.

    Args:
        base: The objective of the base by seed.
        variants: That of each variant; seeds that only one of the two has are left out.
        higher_is_better: Whether a larger value is better, as of accuracy.
        alpha: How often a study without any difference may call one real.
    """
    sign = 1.0 if higher_is_better else -1.0
    each = [
        {seed: sign * (base[seed] - variant[seed]) for seed in sorted(base) if seed in variant}
        for variant in variants
    ]
    ps = [sign_flip(tuple(found.values())) if found else None for found in each]
    adjusted = holm(ps)
    needed = seeds_needed(len(variants), alpha)
    return tuple(
        _comparison(found, p, corrected, needed, alpha)
        for found, p, corrected in zip(each, ps, adjusted, strict=True)
    )


def _comparison(
    found: Mapping[int, float],
    p: float | None,
    adjusted: float | None,
    needed: int,
    alpha: float,
) -> Comparison:
    values = tuple(found.values())
    low, high = interval(values, 1 - alpha) if len(values) > 1 else (None, None)
    mean = float(np.mean(values)) if values else None
    if len(values) < needed or low is None or high is None or mean is None:
        verdict = Verdict.UNDECIDED
    elif not any(values):
        verdict = Verdict.SAME
    else:
        agreeing = (low > 0 or high < 0) + (adjusted is not None and adjusted < alpha)
        real = Verdict.WORTH if mean > 0 else Verdict.BETTER_WITHOUT
        verdict = (Verdict.NOT_DISTINGUISHABLE, Verdict.INCONCLUSIVE, real)[agreeing]
    return Comparison(found, mean, low, high, p, adjusted, verdict, needed)


@lru_cache(maxsize=_KEPT)
def interval(values: tuple[float, ...], confidence: float = 1 - ALPHA) -> tuple[float, float]:
    """The interval of the mean by the bias-corrected and accelerated bootstrap.

    Efron, "Better Bootstrap Confidence Intervals", JASA 1987. Drawn with a fixed seed, so that the
    same values always give the same interval.

    Args:
        values: Two or more.
        confidence: How often such intervals hold the mean.
    """
    if min(values) == max(values):  # nothing to draw from: SciPy gives no number
        return values[0], values[0]
    drawn = stats.bootstrap(
        (np.asarray(values),),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=confidence,
        method="BCa",
        rng=np.random.default_rng(0),
    )
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)


@lru_cache(maxsize=_KEPT)
def sign_flip(values: tuple[float, ...]) -> float:
    """The two-sided p of the sign-flip test: were there no difference, each sign would be chance.

    Exact up to 14 values, above that from 9,999 draws with a fixed seed. The smallest p of n values
    is 2 / 2ⁿ; of a single one that is 1.
    """
    if len(values) == 1:  # SciPy asks for two
        return 1.0
    exact = len(values) <= MOST_EXACT
    found: Any = stats.permutation_test(
        (np.asarray(values),),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf if exact else RESAMPLES,
        rng=np.random.default_rng(0),
    )
    return min(1.0, float(found.pvalue))


def holm(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """Corrects the p-values of several tests, so that all of them together err as rarely as one.

    Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
    Statistics 1979. Tests that could not be made count as tests.
    """
    order = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    least = 0.0
    for rank, (p, place) in enumerate(order):
        least = max(least, min(1.0, (len(ps) - rank) * p))
        adjusted[place] = least
    return tuple(adjusted)


def validation_noise(share: float, images: int) -> float:
    """The standard error of a share of right answers: 1.6 points at 90 % of 360 images.

    Args:
        share: From 0 to 1.
        images: How many were looked at.
    """
    return sqrt(share * (1 - share) / images)
