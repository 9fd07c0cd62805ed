"""Regularized evolution as a sampler of Optuna.

Real et al., "Regularized Evolution for Image Classifier Architecture Search", AAAI 2019,
algorithm 1. Of a population of 4 that has seen six trials, trials 0 and 1 are dead, however good
they were:

    trial      0     1     2     3     4     5
    accuracy  0.91  0.60  0.72  0.70  0.80  0.65
               dead  dead  └──── alive ─────┘

A tournament draws two of the living, say 3 and 4; the better one, 4, is the parent, and the next
trial has its values but for one, which is drawn anew.
"""

import random
from collections.abc import Mapping
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState


class RegularizedEvolution(BaseSampler):
    """Changes one value of the best of a few of the youngest trials.

    Args:
        space: What is drawn from.
        population: How many of the youngest finished trials live; the first ones are random.
        tournament: How many of them are drawn, with replacement; the best is the parent.
        seed: Fixes what is drawn.
    """

    def __init__(
        self, space: Mapping[str, BaseDistribution], population: int, tournament: int, seed: int
    ) -> None:
        self._space = dict(space)
        self._population = population
        self._tournament = tournament
        self._draw = random.Random(seed)
        self._random = RandomSampler(seed=seed)

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        return self._space

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        alive = finished[-self._population :]
        if len(alive) < self._population:
            return {}
        parent = self._best(study, self._draw.choices(alive, k=self._tournament))
        changeable = [name for name, each in search_space.items() if not each.single()]
        if not changeable:
            return dict(parent.params)
        changed = self._draw.choice(changeable)
        return parent.params | {changed: self._other(study, trial, changed, parent)}

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        return self._random.sample_independent(study, trial, param_name, param_distribution)

    def _best(self, study: Study, drawn: list[FrozenTrial]) -> FrozenTrial:
        sign = 1 if study.direction is StudyDirection.MAXIMIZE else -1
        return max(drawn, key=lambda one: sign * one.values[0])

    def _other(self, study: Study, trial: FrozenTrial, name: str, parent: FrozenTrial) -> Any:
        """A value of a dimension that is not the parent's."""
        while True:
            value = self._random.sample_independent(study, trial, name, self._space[name])
            if value != parent.params[name]:
                return value
