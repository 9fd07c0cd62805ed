"""What so many seeds can tell, against the t distribution and by hand."""

from math import sqrt
from typing import Any

import pytest
from scipy import stats

from builder.studies.foresight import half_width, seeds_needed
from builder.studies.study import MAX_SEEDS
from builder.studies.wording import foresight_words


def test_the_half_width_is_that_of_the_t_interval() -> None:
    for seeds in range(2, MAX_SEEDS + 1):
        quantile: Any = stats.t.ppf(0.975, seeds - 1)
        assert half_width(seeds) == pytest.approx(float(quantile) / sqrt(seeds), rel=0.006), seeds


@pytest.mark.parametrize(
    ("seeds", "width"), [(3, 2.48), (5, 1.24), (6, 1.05), (10, 0.72), (20, 0.47)]
)
def test_the_half_width_is_that_of_the_literature(seeds: int, width: float) -> None:
    assert half_width(seeds) == pytest.approx(width, abs=0.006)


@pytest.mark.parametrize(("variants", "seeds"), [(0, 6), (1, 6), (2, 7), (5, 8), (10, 9)])
def test_how_many_seeds_are_needed(variants: int, seeds: int) -> None:
    assert seeds_needed(variants) == seeds
    assert max(1, variants) * 2 / 2**seeds < 0.05 <= max(1, variants) * 2 / 2 ** (seeds - 1)


def test_it_is_said_before_the_start() -> None:
    assert foresight_words(5, 7) == (
        "With 7 seeds no difference can be called real; with 5 variants beside the base 8 would do."
    )
    assert foresight_words(0, 6).startswith("Nothing is compared")
    assert foresight_words(1, 1).startswith("With 1 seed no difference")
    assert "1.05 times" in foresight_words(1, 6)
