"""Samplers: better than chance where something is to be found, and the same after a restart."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import RandomSampler
from optuna.storages import InMemoryStorage

from builder.actions import studies as actions
from builder.studies.candidates import Origin
from builder.studies.factors import Setting
from builder.studies.journal import open_journal
from builder.studies.naming import read_factor
from builder.studies.ranges import Range
from builder.studies.samplers import levels_at, space_of
from builder.studies.sampling import Sampling
from builder.studies.strategies import Evolution, Nsga2, RandomSearch, SearchStrategy, Tpe
from builder.studies.study import Question, Study
from builder.training.settings import TrainingSettings
from tests.studies.search_cases import FIRST, NETWORK, SECOND

VARIED = (f"{FIRST}.filters=1..200", f"{SECOND}.filters=1..200", "learning_rate=log:1e-5..1.0")
SEEDS = range(20)
TRIALS = 40


def asked(strategy: SearchStrategy, seed: int = 0, *texts: str) -> Study:
    factors = [read_factor(text, NETWORK) for text in texts or VARIED]
    settings = TrainingSettings(epochs=1)
    return actions.plan(
        NETWORK, settings, factors, [seed], question=Question.SEARCH, strategy=strategy
    )


def hill(params: Mapping[str, Any]) -> float:
    """Best, 0, at 60 and 140 filters; the learning rate does not matter."""
    first, second, _ = params.values()
    return -(((first - 60) / 100) ** 2) - ((second - 140) / 100) ** 2


def separable_share(params: Mapping[str, Any]) -> float:
    """Of a cell's operations."""
    operations = [value for name, value in params.items() if name.endswith("operation")]
    return operations.count("separable_3x3") / len(operations)


def best_of(
    strategy: SearchStrategy,
    seed: int,
    function: Callable[[Mapping[str, Any]], float],
    texts: Sequence[str],
) -> float:
    study = asked(strategy, seed, *texts)
    sampling = Sampling(InMemoryStorage(), study, Origin.SEARCH, strategy)
    values: list[float] = []
    for _ in range(strategy.trials):
        trial = sampling.ask()
        sampling.accept(trial)
        values.append(function(trial.params))
        sampling.tell(trial.number, [values[-1]])
    return max(values)


def test_tpe_beats_chance_with_as_many_trials() -> None:
    learned = median(best_of(Tpe(TRIALS), seed, hill, VARIED) for seed in SEEDS)
    chance = median(best_of(RandomSearch(TRIALS), seed, hill, VARIED) for seed in SEEDS)
    assert learned > chance / 2  # both are below 0, which is the best


def test_evolution_finds_better_cells_than_chance_with_as_many_trials() -> None:
    cell, strategy = (f"{FIRST}.cell=4",), Evolution(90, population=8, tournament=4)
    learned = median(best_of(strategy, seed, separable_share, cell) for seed in SEEDS)
    chance = median(best_of(RandomSearch(90), seed, separable_share, cell) for seed in SEEDS)
    assert learned >= chance + 2 / 8  # two of eight operations


@pytest.mark.parametrize(
    "strategy", [Tpe(9), Nsga2(9, population=3), Evolution(9, population=3), RandomSearch(9)]
)
def test_a_new_process_proposes_what_the_old_one_would_have(
    tmp_path: Path, strategy: SearchStrategy
) -> None:
    def proposed(folder: Path, restarts: bool) -> list[dict[str, Any]]:
        folder.mkdir()
        study = asked(strategy)
        sampling = Sampling(open_journal(folder), study, Origin.SEARCH, strategy)
        found: list[dict[str, Any]] = []
        for number in range(15):
            if restarts:
                sampling = Sampling(open_journal(folder), study, Origin.SEARCH, strategy)
            trial = sampling.ask()
            sampling.accept(trial)
            found.append(trial.params)
            sampling.tell(trial.number, [hill(trial.params), float(number)][: sampling.objectives])
        return found

    assert proposed(tmp_path / "one", False) == proposed(tmp_path / "many", True)


def test_a_parent_is_young_and_its_child_differs_in_one_value() -> None:
    strategy = Evolution(30, population=4, tournament=2)
    sampling = Sampling(InMemoryStorage(), asked(strategy), Origin.SEARCH, strategy)
    seen: list[dict[str, Any]] = []
    for number in range(30):
        trial = sampling.ask()
        sampling.accept(trial)
        if number >= 4:
            alive = seen[-4:]
            changed = [
                sum(trial.params[name] != parent[name] for name in parent) for parent in alive
            ]
            assert 1 in changed
        seen.append(trial.params)
        sampling.tell(trial.number, [float(-number)])  # the oldest is the best, and dies


def test_levels_become_distributions_and_come_back() -> None:
    factors = [
        read_factor(text, NETWORK)
        for text in (
            f"{FIRST}.filters=8..64",
            f"{SECOND}.kernel_size=1,3,5",
            "learning_rate=log:1e-4..1e-2",
            "optimizer=Adam,SGD",
        )
    ]
    space = space_of(factors)
    assert list(space.values()) == [
        IntDistribution(8, 64),
        CategoricalDistribution((1, 3, 5)),
        FloatDistribution(1e-4, 1e-2, log=True),
        CategoricalDistribution(("Adam", "SGD")),
    ]
    drawn = dict(zip(space, (12, 5, 0.00123456789, "SGD"), strict=True))
    assert levels_at(factors, drawn) == {0: 12, 1: 5, 2: 0.00123457, 3: "SGD"}


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    integer, log = draw(st.booleans()), draw(st.booleans())
    numbers = st.integers(1, 10_000) if integer else st.floats(1e-6, 1e4)
    low, high = sorted(draw(st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1])))
    return Range(low, high, log=log, integer=integer)


@given(ranges(), st.integers(0, 2**32 - 1))
def test_what_is_drawn_from_a_range_is_a_level_of_it(levels: Range, seed: int) -> None:
    """A level lies between the ends, as far as six digits tell, and is the same in a file."""
    factor = Setting("learning_rate", levels)
    space = space_of([factor])
    trial = optuna.create_study(sampler=RandomSampler(seed)).ask(space)
    level = levels_at([factor], trial.params)[0]
    assert levels.low * (1 - 1e-5) <= level <= levels.high * (1 + 1e-5)
    assert isinstance(level, int) is levels.integer
    assert json.loads(json.dumps(level)) == level


def test_what_is_over_the_budget_is_told_to_tpe() -> None:
    """It moves away from what is rejected, though that never had a value."""
    strategy = Tpe(60)
    sampling = Sampling(InMemoryStorage(), asked(strategy), Origin.SEARCH, strategy)
    rejected: list[bool] = []
    for _ in range(80):
        trial = sampling.ask()
        first, *_ = trial.params.values()
        rejected.append(first > 40)
        if rejected[-1]:
            sampling.reject(trial, first / 40 - 1)
        else:
            sampling.accept(trial)
            sampling.tell(trial.number, [0.5])
    assert sum(rejected[:10]) >= 6
    assert sum(rejected[-30:]) <= 10
    assert sampling.rejected == sum(rejected)
