"""What is asked of a study, and which runs are of it."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from builder.blocks.declaration import Declared, declaration
from builder.network.architecture import Architecture
from builder.runs.run_folder import Run
from builder.studies.candidates import Progress
from builder.studies.factor import Factor, Subject
from builder.studies.problems import VariantCode
from builder.studies.strategies import Listed, SearchStrategy, Strategy
from builder.studies.variants import BASE, Budget, Choice, Variant, keyed, variants
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings

MAX_SEEDS = 100


class StudyError(BuilderError):
    """Something cannot be done with a study."""


class Question(StrEnum):
    """What a study asks."""

    ABLATION = "ablation"
    DEGRADATION = "degradation"
    SWEEP = "sweep"
    SEARCH = "search"
    SCALING = "scaling"


class Wanted(StrEnum):
    """What a person wants of a study."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    """All that was asked is done."""


class Standing(StrEnum):
    """What a study's process last did.

    `WAITING`: the device is busy with a training that goes first. `LEFT`: a person paused runs of
    the study, and all others are done. `HELD_UP`: a training cannot be started.
    """

    RUNNING = "running"
    WAITING = "waiting"
    LEFT = "left"
    HELD_UP = "held_up"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


@declaration
class Objective(Declared):
    """What variants are judged by; chosen before the study starts, not after."""

    metric: Annotated[
        Literal["val_accuracy", "val_loss", "accuracy", "loss"],
        Field(description="Which metric of an epoch."),
    ] = "val_accuracy"
    _: KW_ONLY
    at: Annotated[
        Literal["last", "best"],
        Field(
            description="Of the last epoch, or of the best one by this metric; the best of many is "
            "a little too good, since it is chosen by what it is judged by."
        ),
    ] = "last"

    @classmethod
    def type_name(cls) -> str:
        return "objective"

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger value is better."""
        return not self.metric.endswith("loss")


@dataclass(frozen=True)
class Study:
    """A study as it was asked.

    Attributes:
        id: The name of its folder.
        folder: Its folder on disk.
        title: What a person calls it.
        question: What it asks.
        document_id: The document that it is about; empty for none.
        created: ISO date and time, UTC.
        architecture: The network of the base.
        settings: How all variants are trained, as far as no factor varies it; its seed is the first
            one.
        factors: What is varied.
        choices: The levels of the variants that are known beforehand, the base's first.
        seeds: Each variant is trained once with each.
        objective: What variants are judged by.
        budget: What a variant may cost.
        strategy: How it comes to its variants.
        progress: What a search has proposed so far; kept in a file of its own.
    """

    id: str
    folder: Path
    title: str
    question: Question
    document_id: str
    created: str
    architecture: Architecture
    settings: TrainingSettings
    factors: tuple[Factor, ...]
    choices: tuple[Choice, ...]
    seeds: tuple[int, ...]
    objective: Objective
    budget: Budget
    strategy: Strategy = field(default_factory=Listed)
    progress: Progress = field(default_factory=Progress)

    @property
    def subject(self) -> Subject:
        """The base."""
        return Subject(self.architecture, self.settings)

    @property
    def is_search(self) -> bool:
        """Whether its variants are searched for."""
        return isinstance(self.strategy, SearchStrategy)

    @property
    def search(self) -> SearchStrategy:
        """The strategy of a study that searches.

        Raises:
            StudyError: Its variants are listed.
        """
        if not isinstance(self.strategy, SearchStrategy):
            raise StudyError(f"{self.title} searches for nothing: its variants are listed")
        return self.strategy

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """All variants, including those that are not trained; always in the same order."""
        proposed = {each.key: dict(each.levels) for each in self.progress.candidates}
        named = keyed(self.choices) | proposed
        return variants(self.subject, self.factors, named, self.budget)

    @property
    def trained(self) -> tuple[Variant, ...]:
        """The variants that are trained."""
        return tuple(variant for variant in self.variants if variant.is_trained)

    @cached_property
    def _by_key(self) -> dict[str, Variant]:
        return {variant.key: variant for variant in self.variants}

    def trained_as(self, key: str) -> Variant:
        """The variant with a key, or the equal one that is trained in its place."""
        found = self._by_key[key]
        if found.problem is not None and found.problem.code is VariantCode.SAME:
            return self._by_key[found.problem.fields["key"]]
        return found

    @property
    def base(self) -> Variant | None:
        """The variant that is the network as it is; None where it is none of the variants."""
        return self._by_key.get(BASE)

    def only_fresh(self, variant: Variant) -> bool:
        """Whether a variant is trained on fresh seeds alone.

        The base of a search is, where it exceeds the budget: the winners are compared with it.
        """
        problem = variant.problem
        is_over = problem is not None and problem.code is VariantCode.OVER_BUDGET
        return self.is_search and variant.key == BASE and is_over

    @property
    def _has_base(self) -> bool:
        """Whether the base is trained, and so compared with others."""
        base = self.base
        return base is not None and (base.is_trained or self.only_fresh(base))

    @property
    def fresh_seeds(self) -> tuple[int, ...]:
        """The seeds with which the base and the winners of a search are trained again."""
        if not self.is_search:
            return ()
        first = max(self.seeds) + 1
        return tuple(range(first, first + self.search.fresh_seeds))

    @cached_property
    def plans(self) -> tuple[tuple[Variant, int], ...]:
        """All trainings that are planned by now, as variants and seeds, in their order.

        Every variant is trained with the first seed, then every one with the second. So each
        conclusion covers all variants, and gets better with each seed.
        """
        listed = [(variant, seed) for seed in self.seeds for variant in self.trained]
        if not self.progress.winners:
            return tuple(listed)
        named = [self._by_key[key] for key in (BASE, *self.progress.confirmed)]
        again = [each for each in named if each.is_trained or self.only_fresh(each)]
        return (*listed, *((variant, seed) for seed in self.fresh_seeds for variant in again))

    @property
    def rungs(self) -> tuple[int, ...]:
        """After how many epochs the candidates of a search are compared; the last is all epochs."""
        epochs = self.settings.epochs
        return self.search.rungs(epochs) if self.is_search else (epochs,)

    def first_epochs(self, variant: Variant, seed: int) -> int:
        """How many epochs a training begins with; with halving the best ones get more later."""
        is_candidate = any(each.key == variant.key for each in self.progress.candidates)
        return self.rungs[0] if is_candidate and seed in self.seeds else variant.settings.epochs

    @property
    def compared(self) -> int:
        """How many variants are compared with the base: of a search, what is trained again.

        0 where the base itself is not trained.
        """
        if not self._has_base:
            return 0
        return self.search.num_confirmed if self.is_search else len(self.trained) - 1

    @property
    def planned(self) -> int:
        """How many trainings there will be; an upper limit as long as a search goes on."""
        if not self.is_search or self.progress.is_over:
            return len(self.plans)
        searches = 2 if self.search.has_random_beside else 1
        listed = sum(self._by_key[key].is_trained for key in keyed(self.choices))
        candidates = searches * self.search.trials + listed
        again = self.search.num_confirmed + self._has_base
        return candidates * len(self.seeds) + again * self.search.fresh_seeds


@dataclass(frozen=True)
class Place:
    """Where in a study a run belongs."""

    study: str
    variant: str
    seed: int

    @classmethod
    def of(cls, run: Run) -> "Place | None":
        """The place of a run; None where it belongs to no study."""
        found = run.facts.get("study")
        if not isinstance(found, dict):
            return None
        try:
            return _PLACE.validate_python(found)
        except ValidationError:
            return None

    def fact(self) -> dict[str, Any]:
        """What the run's facts say of it."""
        return {"study": asdict(self)}


_PLACE = TypeAdapter(Place)


def check_seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    """Checks the seeds of a study.

    Raises:
        StudyError: There are none or too many, one is there twice, or is out of range.
    """
    if not 1 <= len(seeds) <= MAX_SEEDS:
        raise StudyError(f"received {len(seeds):,} seeds, expected 1 to {MAX_SEEDS}")
    given = tuple(seeds)
    if len(set(given)) < len(given) or not all(0 <= seed < 2**32 for seed in given):
        raise StudyError("expected seeds from 0 to 4294967295, each once")
    return given
