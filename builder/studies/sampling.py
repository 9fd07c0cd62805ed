"""One search's memory: an Optuna study in the journal, which is asked and told.

A trial takes one of these ways. Each step is a line in the journal, so a process that takes over
from a killed one knows how far the trial is:

    asked ─→ rejected: it breaks the network or the budget           state PRUNED, a constraint
          ─→ repeated: this search has proposed the same before      state COMPLETE, or FAIL
          ─→ accepted: it is a candidate from now on                 its key as an attribute
                 ─→ compared after a few epochs and left: halving     state PRUNED
                 ─→ told what its trainings came to                  state COMPLETE, or FAIL

A trial that was asked and nothing else is given up when the next process opens the journal.
"""

from collections.abc import Sequence
from itertools import takewhile

import optuna
from optuna.pruners import SuccessiveHalvingPruner
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from builder.studies.candidates import Candidate, Origin
from builder.studies.samplers import levels_at, sampler_of, space_of
from builder.studies.strategies import REDUCTION, SearchStrategy
from builder.studies.study import Study
from builder.studies.variants import Choice, changes

KEY = "key"
"""The attribute of a trial that has become a candidate."""
REPEATS = "repeats"
"""The attribute of a trial that an earlier one has gone before: the key of that."""
EXCESS = "budget"
"""The constraint that says how far a candidate is from what is allowed."""
MOST_REJECTED = 1_000
MOST_REPEATED = 40
"""After so many one after another nothing new is to be expected."""

Values = Sequence[float]


class Sampling:
    """The trials of a search, or of the random search beside it.

    Args:
        storage: The journal.
        study: The study.
        origin: Which of the two it is.
        strategy: How candidates are proposed.
    """

    def __init__(
        self, storage: BaseStorage, study: Study, origin: Origin, strategy: SearchStrategy
    ) -> None:
        self.origin = origin
        self._study = study
        self._strategy = strategy
        self._space = space_of(study.factors)
        metric = "maximize" if study.objective.higher_is_better else "minimize"
        self._optuna = optuna.create_study(
            storage=storage,
            study_name=origin,
            directions=[metric, "minimize"] if strategy.cost else [metric],
            load_if_exists=True,
            pruner=SuccessiveHalvingPruner(study.rungs[0], reduction_factor=REDUCTION),
        )
        for trial in self.trials(TrialState.RUNNING):
            if KEY not in trial.user_attrs:
                self._optuna.tell(trial.number, state=TrialState.FAIL)

    def trials(self, *states: TrialState) -> list[FrozenTrial]:
        """Its trials, all or those of some states."""
        return self._optuna.get_trials(deepcopy=False, states=states or None)

    def candidates(self) -> dict[str, FrozenTrial]:
        """The trials that have become candidates, by key, in order."""
        return {trial.user_attrs[KEY]: trial for trial in self.trials() if KEY in trial.user_attrs}

    def candidate(self, key: str, trial: FrozenTrial) -> Candidate:
        """A trial as a candidate."""
        return Candidate(key, self.origin, tuple(self.levels(trial).items()))

    def levels(self, trial: FrozenTrial | optuna.Trial) -> Choice:
        """The levels of a trial that differ from the base's."""
        levels = levels_at(self._study.factors, trial.params)
        return changes(self._study.subject, self._study.factors, levels)

    @property
    def objectives(self) -> int:
        """How many values a trial is told."""
        return len(self._optuna.directions)

    @property
    def rejected(self) -> int:
        """How many were rejected."""
        return sum(any(trial.constraints.values()) for trial in self.trials(TrialState.PRUNED))

    @property
    def is_exhausted(self) -> bool:
        """Whether it has proposed nothing new for a long time."""
        since = list(takewhile(lambda trial: KEY not in trial.user_attrs, reversed(self.trials())))
        repeated = sum(REPEATS in trial.user_attrs for trial in since)
        return repeated >= MOST_REPEATED or len(since) >= MOST_REJECTED

    def ask(self) -> optuna.Trial:
        """The next trial."""
        number = len(self.trials())
        first = self._study.seeds[0]
        stream = list(Origin).index(self.origin)
        self._optuna.sampler = sampler_of(self._strategy, self._space, first, number, stream)
        return self._optuna.ask(self._space)

    def reject(self, trial: optuna.Trial, excess: float) -> None:
        """Tells that a trial is not allowed.

        Args:
            trial: The trial.
            excess: How far it is from what is allowed; above 0.
        """
        trial.set_constraint(EXCESS, excess)
        self._optuna.tell(trial, state=TrialState.PRUNED)

    def accept(self, trial: optuna.Trial) -> Candidate:
        """Makes a trial a candidate."""
        key = f"{self.origin[0]}{trial.number:04d}"
        trial.set_constraint(EXCESS, 0)
        trial.set_user_attr(KEY, key)
        return Candidate(key, self.origin, tuple(self.levels(trial).items()))

    def tell(self, number: int, values: Values | None) -> None:
        """Tells the objectives of a trial; None where its trainings failed."""
        if values is None:
            self._optuna.tell(number, state=TrialState.FAIL)
        else:
            self._optuna.tell(number, list(values))

    def falls_out(self, number: int, epochs: int, value: float) -> bool:
        """Whether a candidate is worse than the best third of those that were trained as far.

        Such a candidate is told as pruned.

        Args:
            number: Of the trial.
            epochs: For how many it was trained.
            value: Its objective by then.
        """
        (frozen,) = (trial for trial in self.trials() if trial.number == number)
        trial = optuna.Trial(self._optuna, frozen._trial_id)  # pyright: ignore[reportPrivateUsage]  another process may have asked for it
        if epochs not in frozen.intermediate_values:
            trial.report(value, epochs)
        if not trial.should_prune():
            return False
        self._optuna.tell(number, state=TrialState.PRUNED)
        return True

    def repeat(self, trial: optuna.Trial, key: str) -> None:
        """Tells of a trial that is the same as an earlier candidate of this search."""
        trial.set_user_attr(REPEATS, key)
        first = self.candidates()[key]
        self.tell(trial.number, first.values if first.state is TrialState.COMPLETE else None)
