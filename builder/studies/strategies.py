"""How a study comes to its variants: they are listed before it starts, or searched for."""

from collections.abc import Mapping
from dataclasses import KW_ONLY
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from builder.blocks.declaration import Declared, declaration
from builder.system.errors import refused

MAX_TRIALS = 1_000

Trials = Annotated[int, Field(ge=1, le=MAX_TRIALS, description="How many candidates are trained.")]
Fresh = Annotated[
    int,
    Field(
        ge=0,
        le=100,
        title="fresh seeds",
        description="With how many other seeds the winner is trained again: the best of many is "
        "good by chance as well, so these figures are the ones that count.",
    ),
]
Beside = Annotated[
    bool,
    Field(
        title="random search beside",
        description="Whether as many candidates are drawn at random and trained too: what the "
        "search is worth shows in the difference.",
    ),
]
Halving = Annotated[
    bool,
    Field(
        title="successive halving",
        description="Trains each candidate for about a ninth of the epochs first; the best third "
        "goes on for three times as many, and so forth. Needs a constant learning rate.",
    ),
]
REDUCTION = 3
"""How many candidates halving compares for each that goes on."""
_RUNGS = 2
"""How often it compares at most."""
USUAL_TRIALS = 50
USUAL_FRESH = 7
"""The least that can decide on two winners beside the base."""
USUAL_FRONT = 5
USUAL_FRESH_OF_FRONT = 8
"""The least that can decide on so many of a front, and the best of the random search."""
MAX_FRONT = 50


class Strategy(Declared):
    """How a study comes to its variants. A field `kind` tells the strategies of a file apart."""

    @classmethod
    def type_name(cls) -> str:
        return "strategy"


@declaration
class Listed(Strategy):
    """All variants are known before the study starts."""

    _: KW_ONLY
    kind: Literal["listed"] = "listed"


class SearchStrategy(Strategy):
    """Candidates are proposed while the study runs, each from what those before it came to."""

    trials: Trials
    fresh_seeds: Fresh

    @property
    def noun(self) -> str:
        """What a person calls it."""
        raise NotImplementedError

    def with_more(self, *, trials: int = 0, fresh_seeds: int = 0) -> Self:
        """This strategy with more trials and fresh seeds."""
        more = {"trials": self.trials + trials, "fresh_seeds": self.fresh_seeds + fresh_seeds}
        return self.create(self.values() | more)

    @property
    def has_random_beside(self) -> bool:
        """Whether a random search of the same budget runs beside."""
        return False

    @property
    def num_of_front(self) -> int:
        """How many candidates of a front are trained again on fresh seeds: the best one."""
        return 1

    @property
    def num_confirmed(self) -> int:
        """How many candidates are trained again at most, the best of a random search with them."""
        return self.num_of_front + self.has_random_beside

    @property
    def halves(self) -> bool:
        """Whether candidates are trained for a few epochs first, and the best go on."""
        return False

    def rungs(self, epochs: int) -> tuple[int, ...]:
        """After how many epochs candidates are compared, the last one being all of them.

        (2, 6, 20) of 20 epochs; all of them alone where nothing is halved.
        """
        least = max(1, epochs // REDUCTION**_RUNGS)
        steps = [least * REDUCTION**rung for rung in range(_RUNGS)]
        return (*(step for step in steps if self.halves and 2 * step <= epochs), epochs)

    @property
    def cost(self) -> str:
        """The second objective, `params` or `macs`, which is to be small; empty for none."""
        return ""


@declaration
class RandomSearch(SearchStrategy):
    """Each candidate is drawn at random, whatever those before it came to."""

    trials: Trials = USUAL_TRIALS
    _: KW_ONLY
    fresh_seeds: Fresh = USUAL_FRESH
    halving: Halving = False
    kind: Literal["random"] = "random"

    @property
    def halves(self) -> bool:
        return self.halving

    @property
    def noun(self) -> str:
        return "random search"


@declaration
class Tpe(SearchStrategy):
    """Tree-structured Parzen estimator: draws where good candidates are denser than bad ones.

    Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011.
    """

    trials: Trials = USUAL_TRIALS
    _: KW_ONLY
    fresh_seeds: Fresh = USUAL_FRESH
    random_beside: Beside = True
    halving: Halving = False
    kind: Literal["tpe"] = "tpe"

    @property
    def halves(self) -> bool:
        return self.halving

    @property
    def noun(self) -> str:
        return "TPE"

    @property
    def has_random_beside(self) -> bool:
        return self.random_beside


@declaration
class Nsga2(SearchStrategy):
    """NSGA-II: a population that gets better in two objectives, the metric and a cost.

    Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", 2002.
    """

    trials: Trials = USUAL_TRIALS
    _: KW_ONLY
    smaller: Annotated[
        Literal["params", "macs"], Field(description="The cost that is to be small.")
    ] = "params"
    population: Annotated[
        int, Field(ge=2, le=MAX_TRIALS, description="Candidates of a generation.")
    ] = 10
    front: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_FRONT,
            title="of the front",
            description="How many candidates of the front are trained again with fresh seeds: the "
            "best, the cheapest, and others evenly between them.",
        ),
    ] = USUAL_FRONT
    fresh_seeds: Fresh = USUAL_FRESH_OF_FRONT
    random_beside: Beside = True
    kind: Literal["nsga2"] = "nsga2"

    @property
    def noun(self) -> str:
        return "NSGA-II"

    @property
    def has_random_beside(self) -> bool:
        return self.random_beside

    @property
    def cost(self) -> str:
        return self.smaller

    @property
    def num_of_front(self) -> int:
        return self.front


@declaration
class Evolution(SearchStrategy):
    """Regularized evolution: changes the best of a few in one place, and drops the oldest.

    Real et al., "Regularized Evolution for Image Classifier Architecture Search", AAAI 2019.
    """

    trials: Trials = USUAL_TRIALS
    _: KW_ONLY
    population: Annotated[
        int, Field(ge=2, le=MAX_TRIALS, description="How many of the youngest live.")
    ] = 15
    tournament: Annotated[
        int,
        Field(ge=1, le=MAX_TRIALS, description="Of how many drawn ones the best is changed."),
    ] = 5
    fresh_seeds: Fresh = USUAL_FRESH
    random_beside: Beside = True
    halving: Halving = False
    kind: Literal["evolution"] = "evolution"

    @property
    def halves(self) -> bool:
        return self.halving

    @property
    def noun(self) -> str:
        return "evolution"

    @property
    def has_random_beside(self) -> bool:
        return self.random_beside


AnyStrategy = Annotated[
    Listed | RandomSearch | Tpe | Nsga2 | Evolution, Field(discriminator="kind")
]
STRATEGIES: dict[str, type[SearchStrategy]] = {
    "tpe": Tpe,
    "nsga2": Nsga2,
    "evolution": Evolution,
    "random": RandomSearch,
}
"""The searches by the names that the command line takes."""


def strategy_of(name: str, values: Mapping[str, Any]) -> SearchStrategy:
    """A search by the name that the command line takes.

    Args:
        name: One of `STRATEGIES`.
        values: Its settings by name; those that are left out keep their defaults.

    Raises:
        ParameterError: There is no such search, or it has no such setting or value.
    """
    chosen = STRATEGIES.get(name)
    if chosen is None:
        raise refused("strategy", name, f"one of {', '.join(STRATEGIES)}")
    return chosen.create(values)
