"""Optuna's samplers for the strategies of a study, and what they draw from.

Only the process of a study imports this module.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler

from builder.studies.evolution import RegularizedEvolution
from builder.studies.factor import Dimension, Factor
from builder.studies.ranges import Range
from builder.studies.strategies import Evolution, Nsga2, SearchStrategy, Tpe

SEEDS = 2**32
_STRIDE = 2_654_435_761
"""Knuth's multiplier: neighboring trials get seeds that lie far apart."""

Space = Mapping[str, BaseDistribution]


def sampler_of(
    strategy: SearchStrategy, space: Space, seed: int, trial: int, stream: int = 0
) -> BaseSampler:
    """The sampler that proposes one trial.

    Each trial has a new sampler, made from the study's seed and the trial's number. Its memory is
    the journal alone, so a killed search proposes what it would have proposed.

    Args:
        strategy: How candidates are proposed.
        space: What they are drawn from.
        seed: The first seed of the study.
        trial: The number of the trial.
        stream: Tells two searches of one study apart, which would begin alike.
    """
    drawn = (seed + _STRIDE * (2 * trial + stream + 1)) % SEEDS
    if isinstance(strategy, Tpe):
        return TPESampler(seed=drawn)
    if isinstance(strategy, Nsga2):
        return NSGAIISampler(seed=drawn, population_size=strategy.population)
    if isinstance(strategy, Evolution):
        return RegularizedEvolution(space, strategy.population, strategy.tournament, drawn)
    return RandomSampler(seed=drawn)


def space_of(factors: Sequence[Factor]) -> dict[str, BaseDistribution]:
    """What candidates are drawn from, by the names of the factors' dimensions."""
    return {
        name: _distribution(dimension)
        for factor in factors
        for name, dimension in factor.dimensions().items()
    }


def levels_at(factors: Sequence[Factor], params: Mapping[str, Any]) -> dict[int, Any]:
    """The level of each factor, by the factor's number, for the values that a sampler drew."""
    return {
        number: factor.level_at(
            {name: _value(each, params[name]) for name, each in factor.dimensions().items()}
        )
        for number, factor in enumerate(factors)
    }


def _distribution(dimension: Dimension) -> BaseDistribution:
    if not isinstance(dimension, Range):
        return CategoricalDistribution([_label(level) for level in dimension])
    low, high = dimension.low, dimension.high
    if dimension.integer:
        return IntDistribution(round(low), round(high), log=dimension.log)
    return FloatDistribution(low, high, log=dimension.log)


def _label(level: Any) -> Any:
    """A level as Optuna stores it: lists and objects as JSON."""
    plain = level is None or isinstance(level, str | int | float)
    return level if plain else json.dumps(level)


def _value(dimension: Dimension, drawn: Any) -> Any:
    if not isinstance(dimension, Range):
        return next(level for level in dimension if _label(level) == drawn)
    return dimension.rounded(drawn)
