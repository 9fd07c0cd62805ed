"""The search of a study: proposes candidates, learns their results, and names winners.

Only the process of a study imports this module, since it loads Optuna.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

import optuna
from optuna.trial import FrozenTrial, TrialState

from builder.studies.candidates import Candidate, Origin, Progress
from builder.studies.journal import open_journal
from builder.studies.problems import VariantCode
from builder.studies.sampling import Sampling
from builder.studies.strategies import RandomSearch
from builder.studies.study import Study
from builder.studies.study_folder import write_progress
from builder.studies.variants import BASE, Identity, Variant, variant
from builder.studies.winners import evenly, front_of
from builder.system.errors import Problem

LEAST_FOR_IMPORTANCE = 8
"""Different results below which nothing is said of the factors' importance."""


@dataclass(frozen=True)
class Trained:
    """The progress of a variant's trainings, without those on fresh seeds.

    Attributes:
        value: Their mean objective; None where there is none.
        epochs: For how many they were trained.
        is_pending: Whether some are still to come.
    """

    value: float | None
    epochs: int = 0
    is_pending: bool = False


Look = Callable[[str], Trained]
"""Tells of a variant by its key."""


class Search:
    """A search, whose memory is the journal in a study's folder.

    Attributes:
        going_on: Variants whose training halving continues, by key, with their number of epochs.

    Args:
        study: The study; the caller holds its lock.

    Raises:
        OSError: The journal cannot be read or written.
    """

    def __init__(self, study: Study) -> None:
        self.going_on: dict[str, int] = {}
        strategy = study.search
        storage = open_journal(study.folder)
        self._samplings = {Origin.SEARCH: Sampling(storage, study, Origin.SEARCH, strategy)}
        if strategy.has_random_beside:
            random = RandomSearch(strategy.trials, halving=strategy.halves)
            self._samplings[Origin.RANDOM] = Sampling(storage, study, Origin.RANDOM, random)

    def advance(self, study: Study, look: Look) -> bool:
        """Learns the results of what has ended, and proposes the next candidates or names winners.

        Args:
            study: The study, with all that was proposed before.
            look: Tells the progress of a variant.

        Returns:
            Whether there is something new to be trained.
        """
        if self._has_unwritten(study):
            return self._write(study, is_over=False)
        waits = self._learn(study, look)
        identities = {each.identity: each.key for each in reversed(study.trained)}
        proposed = [
            self._propose(study, sampling, identities)
            for sampling in self._samplings.values()
            if len(sampling.candidates()) < study.search.trials and not sampling.is_exhausted
        ]
        return self._write(study, is_over=not waits and not any(proposed))

    def _has_unwritten(self, study: Study) -> bool:
        """Whether the journal has candidates that a killed process did not write down elsewhere."""
        written = {candidate.key for candidate in study.progress.candidates}
        return any(sampling.candidates().keys() - written for sampling in self._samplings.values())

    def _write(self, study: Study, *, is_over: bool) -> bool:
        """Writes the search's progress, where it has changed.

        Returns:
            Whether there is something new to be trained.
        """
        before, now = study.progress, self._progress(study, is_over=is_over)
        if now != before:
            write_progress(study, now)
        return now.candidates != before.candidates or now.winners != before.winners

    def _learn(self, study: Study, look: Look) -> bool:
        """Tells the samplers what has ended.

        Returns:
            Whether something has not.
        """
        self.going_on.clear()
        waits = [
            self._learn_of(study, sampling, trial.number, study.trained_as(key), look)
            for sampling in self._samplings.values()
            for key, trial in sampling.candidates().items()
            if trial.state is TrialState.RUNNING
        ]
        return any(waits)

    def _learn_of(
        self, study: Study, sampling: Sampling, number: int, made: Variant, look: Look
    ) -> bool:
        """Tells a sampler of one candidate; returns whether trainings of it are still to come."""
        trained = look(made.key)
        if trained.is_pending:
            return True
        is_part = study.search.halves and trained.epochs < study.rungs[-1]
        if trained.value is not None and is_part:
            if sampling.falls_out(number, trained.epochs, trained.value):
                return False
            self.going_on[made.key] = next(e for e in study.rungs if e > trained.epochs)
            return True
        sampling.tell(number, _values(study, sampling, made, trained.value))
        return False

    def _propose(
        self, study: Study, sampling: Sampling, identities: dict[Identity, str]
    ) -> Candidate | None:
        """The next candidate that is allowed and that this search has not proposed before."""
        own = {study.trained_as(key).key: key for key in sampling.candidates()}
        while not sampling.is_exhausted:
            trial = sampling.ask()
            levels = sampling.levels(trial)
            made = variant(study.subject, study.factors, levels, "", study.budget)
            if made.problem is not None:
                sampling.reject(trial, _excess(made.problem))
                continue
            same = identities.get(made.identity)
            if same in own:
                sampling.repeat(trial, own[same])
                continue
            accepted = sampling.accept(trial)
            identities.setdefault(made.identity, accepted.key)
            return accepted
        return None

    def _progress(self, study: Study, *, is_over: bool) -> Progress:
        """The search's progress; candidates stay in the order in which they were written."""
        all_of_them = {
            key: sampling.candidate(key, trial)
            for sampling in self._samplings.values()
            for key, trial in sampling.candidates().items()
        }
        before = [each.key for each in study.progress.candidates if each.key in all_of_them]
        winners = self._winners(study) if is_over else ()
        return Progress(
            candidates=tuple(all_of_them[key] for key in dict.fromkeys([*before, *all_of_them])),
            rejected={origin: each.rejected for origin, each in self._samplings.items()},
            is_over=is_over,
            winners=winners,
            front=self._front(study, winners) if is_over else (),
            importances=self._importances(study) if is_over else {},
        )

    def _winners(self, study: Study) -> tuple[str, ...]:
        """The best variant of each search, where it is not the base."""
        better = 1 if study.objective.higher_is_better else -1
        winners: list[str] = []
        for sampling in self._samplings.values():
            finished = [
                (better * trial.values[0], -_cost(study, key), key)
                for key, trial in sampling.candidates().items()
                if trial.state is TrialState.COMPLETE
            ]
            if finished:
                winners.append(study.trained_as(max(finished)[-1]).key)
        return tuple(key for key in dict.fromkeys(winners) if key != BASE)

    def _front(self, study: Study, winners: Sequence[str]) -> tuple[str, ...]:
        """The points of the candidates' front that are trained again, without the winners."""
        if not study.search.cost:
            return ()
        values = {study.trained_as(key).key: trial.values[0] for key, trial in self._finished()}
        costs = {key: _cost(study, key) for key in values}
        order = [key for key in (*winners, *values) if key in values]  # a winner before its equals
        points = {key: values[key] for key in order}
        front = front_of(points, costs, study.objective.higher_is_better)
        chosen = reversed(evenly(front, study.search.num_of_front))
        return tuple(key for key in chosen if key not in (BASE, *winners))

    def _finished(self) -> list[tuple[str, FrozenTrial]]:
        """The candidates whose trainings ended well, of both searches, by key."""
        return [
            (key, trial)
            for sampling in self._samplings.values()
            for key, trial in sampling.candidates().items()
            if trial.state is TrialState.COMPLETE
        ]

    def _importances(self, study: Study) -> dict[str, float]:
        """How much of the objective's spread each dimension accounts for, over all candidates."""
        finished = [trial for _, trial in self._finished()]
        if len({trial.values[0] for trial in finished}) < LEAST_FOR_IMPORTANCE:
            return {}
        direction = "maximize" if study.objective.higher_is_better else "minimize"
        together = optuna.create_study(direction=direction)
        together.add_trials(
            optuna.trial.create_trial(
                params=trial.params, distributions=trial.distributions, value=trial.values[0]
            )
            for trial in finished
        )
        shares = optuna.importance.get_param_importances(together)
        return {name: share for name, share in shares.items() if isfinite(share)}


def _values(
    study: Study, sampling: Sampling, made: Variant, value: float | None
) -> Sequence[float] | None:
    """The objectives of a candidate; None where its trainings failed."""
    if value is None or sampling.objectives == 1:
        return None if value is None else (value,)
    return (value, float(_cost(study, made.key)))


def _cost(study: Study, key: str) -> int:
    """The cost of a variant that is to be small: the second objective, else its parameters."""
    return getattr(study.trained_as(key), study.search.cost or "params") or 0


def _excess(problem: Problem) -> float:
    """How far a candidate is from what is allowed: 0.5 for half as much again as the budget."""
    if problem.code is VariantCode.OVER_BUDGET:
        return problem.fields["received"] / problem.fields["limit"] - 1
    return 1.0
