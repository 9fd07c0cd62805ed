"""The results of a study so far, as kept in `results.json`.

The study's process writes it; pages, reports and the command line read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from pydantic import TypeAdapter

from builder.runs.status import RunStatus
from builder.studies.candidates import Origin
from builder.studies.problems import obstacle_words
from builder.studies.study import Standing
from builder.studies.verdict import Comparison


@dataclass(frozen=True)
class RunOutcome:
    """A training of one variant with one seed.

    Attributes:
        run: The id of the run.
        state: What it is doing, or how it ended.
        message: What went wrong, if anything did.
        value: The objective; None where the run did not finish or has no such number.
        metrics: The metrics of its last epoch.
        seconds: How long it trained.
        epochs: For how many epochs; fewer than others where halving has dropped it.
    """

    run: str
    state: RunStatus
    message: str = ""
    value: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    seconds: float = 0.0
    epochs: int = 0


@dataclass(frozen=True)
class VariantOutcome:
    """A variant and its trainings.

    Attributes:
        title: What a person calls it.
        params: Number of parameters; None where its network could not be made.
        macs: Multiply-accumulates for one image; likewise.
        problem: Why it is not trained, in words; empty where it is.
        levels: The name of each factor that differs from the base, with its level.
        runs: By seed.
        fresh: By seed, its trainings on fresh seeds, as those of a search's winner and the base.
        origin: Who proposed it in a search; None for a variant that is listed.
        same_as: The key of the equal variant that is trained in its place; empty for none.
        only_fresh: Whether it is trained on fresh seeds alone, as the base of a search whose budget
            it exceeds.
    """

    title: str
    params: int | None = None
    macs: int | None = None
    problem: str = ""
    levels: tuple[tuple[str, Any], ...] = ()
    runs: Mapping[int, RunOutcome] = field(default_factory=dict[int, RunOutcome])
    fresh: Mapping[int, RunOutcome] = field(default_factory=dict[int, RunOutcome])
    origin: Origin | None = None
    same_as: str = ""
    only_fresh: bool = False

    @property
    def obstacle(self) -> str:
        """Why it is not trained, or on fresh seeds alone, in words; empty where it is trained."""
        return obstacle_words(self.problem, only_fresh=self.only_fresh)

    @property
    def values(self) -> dict[int, float]:
        """The objective by seed, of the trainings that have it; fresh seeds are left out."""
        return _values(self.runs)

    @property
    def mean(self) -> float | None:
        """The mean objective of these; None without any."""
        return _mean(self.values)

    @property
    def fresh_values(self) -> dict[int, float]:
        """The objective by fresh seed, of the trainings that have it."""
        return _values(self.fresh)

    @property
    def reported(self) -> dict[int, float]:
        """The objective by seed that counts: on fresh seeds where there are any."""
        return self.fresh_values or self.values

    @property
    def reported_mean(self) -> float | None:
        """The mean of these; None without any."""
        return _mean(self.reported)


def _values(runs: Mapping[int, RunOutcome]) -> dict[int, float]:
    return {seed: run.value for seed, run in runs.items() if run.value is not None}


def _mean(values: Mapping[int, float]) -> float | None:
    return fmean(values.values()) if values else None


@dataclass(frozen=True)
class RefusedTraining:
    """A training that could not be started.

    Attributes:
        variant: The key of its variant.
        seed: Its seed.
        message: What was received and what was expected.
        fix: What to do about it; may be empty.
        code: What kind of problem it is; empty where an earlier version wrote the file.
    """

    variant: str
    seed: int
    message: str
    fix: str = ""
    code: str = ""


@dataclass(frozen=True)
class Results:
    """The results of a study so far.

    Attributes:
        standing: What its process last did.
        message: The reason, where it is not obvious.
        variants: By key, the base first.
        comparisons: The variants that are trained beside the base, by key.
        seeds: Those with which each variant is trained.
        planned: Number of trainings; an upper limit as long as a search goes on.
        ended: How many of them have ended, however they did; a paused one has not.
        refused: The trainings that could not be started.
        rejected: How many candidates of a search broke the network or the budget, by who proposed
            them; none of them was trained.
        winners: The keys of a search's winners, its own first; empty before it is over.
        importances: How much of the objective's spread each factor accounts for, as shares of 1.
        front: The keys of other variants on the front of a search with two objectives, the best
            first.
    """

    standing: Standing
    message: str = ""
    variants: Mapping[str, VariantOutcome] = field(default_factory=dict[str, VariantOutcome])
    comparisons: Mapping[str, Comparison] = field(default_factory=dict[str, Comparison])
    seeds: tuple[int, ...] = ()
    planned: int = 0
    ended: int = 0
    refused: tuple[RefusedTraining, ...] = ()
    rejected: Mapping[Origin, int] = field(default_factory=dict[Origin, int])
    winners: tuple[str, ...] = ()
    importances: Mapping[str, float] = field(default_factory=dict[str, float])
    front: tuple[str, ...] = ()

    def trained_as(self, key: str) -> VariantOutcome:
        """The variant with a key, or the equal one that is trained in its place."""
        return self.variants[self.variants[key].same_as or key]

    def values(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return _RESULTS.dump_python(self, mode="json")


def results_of(values: Mapping[str, Any]) -> Results:
    """Results from plain JSON values.

    Raises:
        ValueError: The values are something else.
    """
    return _RESULTS.validate_python(values)


_RESULTS = TypeAdapter(Results)
