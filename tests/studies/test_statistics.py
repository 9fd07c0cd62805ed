"""What seeds can tell: worked examples, SciPy's own tests, and a thousand studies of nothing."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from builder.studies import statistics
from builder.studies.statistics import (
    compare,
    holm,
    interval,
    sign_flip,
    validation_noise,
)
from builder.studies.verdict import Verdict


def by_seed(values: list[float]) -> dict[int, float]:
    return dict(enumerate(values))


def flipped(values: tuple[float, ...]) -> float:
    """The definition: all signs, and how many give a mean as far from 0."""
    size = abs(np.mean(values))
    means = [np.mean(np.multiply(values, signs)) for signs in product((1, -1), repeat=len(values))]
    return float(np.mean([abs(mean) >= size - 1e-12 for mean in means]))


@pytest.mark.parametrize(("seeds", "least"), [(3, 0.25), (5, 0.0625), (6, 0.03125)])
def test_the_smallest_p_is_that_of_the_literature(seeds: int, least: float) -> None:
    assert sign_flip(tuple(1.0 + k / 10 for k in range(seeds))) == least


def test_the_test_is_exact() -> None:
    drawn = np.random.default_rng(1)
    for size in range(1, 11):
        values = tuple(float(value) for value in drawn.normal(0.4, 1, size))
        assert sign_flip(values) == pytest.approx(flipped(values))


def test_many_seeds_are_drawn_from() -> None:
    values = tuple(float(value) for value in np.random.default_rng(2).normal(0.5, 1, 30))
    student: Any = stats.ttest_1samp(values, 0)[1]
    assert sign_flip(values) == pytest.approx(student, abs=0.02)


def test_holm_by_hand() -> None:
    # The example of Holm's procedure: 0.01, 0.04, 0.03, 0.005 times 4, 3, 2, 1 in rising order.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.5, None, 0.9]) == (1.0, None, 1.0)
    assert holm([]) == ()


def test_the_interval_is_scipys_and_always_the_same() -> None:
    values = (0.011, 0.024, 0.019, 0.008, 0.027, 0.021)
    low, high = interval(values)
    assert interval(values) == (low, high)
    assert 0.008 < low < float(np.mean(values)) < high < 0.027
    student = stats.t.interval(0.95, 5, np.mean(values), stats.sem(values))
    assert low == pytest.approx(student[0], abs=0.004)


def test_the_noise_of_a_validation() -> None:
    assert validation_noise(0.9, 360) == pytest.approx(0.0158, abs=0.0001)


BASE = by_seed([0.980, 0.978, 0.983, 0.981, 0.979, 0.984])
WORSE = by_seed([0.961, 0.950, 0.967, 0.970, 0.955, 0.966])


def test_a_part_that_is_worth_something() -> None:
    (found,) = compare(BASE, [WORSE], higher_is_better=True)
    assert found.verdict is Verdict.WORTH
    assert found.mean == pytest.approx(0.0193, abs=0.0001)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 0.0193 < found.high
    assert found.p == found.adjusted == 0.03125


def test_a_part_that_does_harm() -> None:
    (found,) = compare(WORSE, [BASE], higher_is_better=True)
    assert found.verdict is Verdict.BETTER_WITHOUT
    (by_loss,) = compare(WORSE, [BASE], higher_is_better=False)
    assert by_loss.verdict is Verdict.WORTH


def test_few_seeds_never_say_that_there_is_no_difference() -> None:
    three = dict(list(BASE.items())[:3])
    (found,) = compare(three, [WORSE], higher_is_better=True)
    assert found.verdict is Verdict.UNDECIDED
    assert found.seeds_needed == 6
    assert len(found.differences) == 3


def test_several_parts_need_more_seeds() -> None:
    found = compare(BASE, [WORSE] * 5, higher_is_better=True)
    assert {each.verdict for each in found} == {Verdict.UNDECIDED}
    assert {each.seeds_needed for each in found} == {8}


def test_a_difference_that_may_be_chance() -> None:
    other = by_seed([0.981, 0.977, 0.984, 0.979, 0.980, 0.983])
    (found,) = compare(BASE, [other], higher_is_better=True)
    assert found.verdict is Verdict.NOT_DISTINGUISHABLE
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_a_difference_of_which_the_corrected_test_is_not_sure_stays_open() -> None:
    eight = [0.03, 0.021, 0.018, 0.025, -0.001, 0.011, 0.027, 0.016]
    base = by_seed([0.98] * 8)
    lower = by_seed([0.98 - difference for difference in eight])
    (alone,) = compare(base, [lower], higher_is_better=True)
    assert alone.verdict is Verdict.WORTH
    found, *_ = compare(base, [lower] * 6, higher_is_better=True)
    assert found.low is not None
    assert found.low > 0
    assert found.adjusted is not None
    assert found.adjusted > 0.05
    assert found.verdict is Verdict.INCONCLUSIVE


def test_the_same_to_the_last_bit() -> None:
    (found,) = compare(BASE, [BASE], higher_is_better=True)
    assert found.verdict is Verdict.SAME
    assert (found.low, found.high, found.p) == (0.0, 0.0, 1.0)
    few = {seed: BASE[seed] for seed in list(BASE)[: found.seeds_needed - 1]}
    (undecided,) = compare(few, [few], higher_is_better=True)
    assert undecided.verdict is Verdict.UNDECIDED, "one seed that is the same shows nothing"


def test_a_constant_difference_has_an_interval_of_one_point() -> None:
    lower = {seed: value - 0.25 for seed, value in by_seed([0.5] * 6).items()}
    (found,) = compare(by_seed([0.5] * 6), [lower], higher_is_better=True)
    assert (found.low, found.high, found.verdict) == (0.25, 0.25, Verdict.WORTH)


def test_seeds_that_one_of_the_two_lacks_are_left_out() -> None:
    (found,) = compare(BASE, [{0: 0.9, 5: 0.9, 9: 0.1}], higher_is_better=True)
    assert list(found.differences) == [0, 5]
    (nothing,) = compare(BASE, [{}], higher_is_better=True)
    assert nothing.mean is None
    assert nothing.verdict is Verdict.UNDECIDED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variants", "seeds", "studies", "most"),
    [(1, 6, 1_000, 50), (5, 8, 200, 10)],
)
def test_studies_of_nothing_find_nothing(
    variants: int, seeds: int, studies: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the same network: at most 5 % of the studies may call any difference real."""
    monkeypatch.setattr(statistics, "RESAMPLES", 499)
    drawn = np.random.default_rng(3)
    wrong = 0
    for _ in range(studies):
        base = by_seed(list(drawn.normal(0.9, 0.02, seeds)))
        others = [by_seed(list(drawn.normal(0.9, 0.02, seeds))) for _ in range(variants)]
        found = compare(base, others, higher_is_better=True)
        wrong += any(each.verdict in (Verdict.WORTH, Verdict.BETTER_WITHOUT) for each in found)
    assert wrong <= most


@pytest.mark.slow
def test_differences_are_found_as_often_as_theory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference of 1.2 deviations with 10 seeds: the power of the paired t-test is an upper end.

    The noncentral t distribution gives it: 0.91.
    """
    monkeypatch.setattr(statistics, "RESAMPLES", 499)
    seeds, effect, studies = 10, 1.2, 300
    bound = stats.t.ppf(0.975, seeds - 1)
    power = 1 - stats.nct.cdf(bound, seeds - 1, effect * np.sqrt(seeds))
    drawn = np.random.default_rng(4)
    found = 0
    for _ in range(studies):
        base = by_seed([0.0] * seeds)
        variant = by_seed(list(-drawn.normal(effect, 1, seeds)))
        found += compare(base, [variant], higher_is_better=True)[0].verdict is Verdict.WORTH
    assert power == pytest.approx(0.91, abs=0.02)
    assert power - 0.08 <= found / studies <= power + 0.03
