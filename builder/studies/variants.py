"""Variants: a choice of levels, hence one network and one set of settings, and what it costs."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from itertools import islice, product
from typing import Annotated, Any

from pydantic import Field

from builder.blocks.declaration import Declared, declaration
from builder.network.architecture import Architecture
from builder.network.inference import Inference, infer
from builder.studies.factor import Factor, Subject
from builder.studies.problems import VariantCode
from builder.system.errors import BuilderError, EditError, Problem
from builder.training.settings import TrainingSettings

MAX_VARIANTS = 1_000
BASE = "base"

Choice = Mapping[int, Any]
"""Levels by the number of the factor; a factor that is left out stays as in the base."""

NO_CHANGE: Choice = {}
"""The base."""
Identity = tuple[Architecture | None, TrainingSettings]

_Limit = Annotated[int, Field(ge=1)] | None


@declaration
class Budget(Declared):
    """The most that a variant may cost; one that costs more is not trained. None means no limit."""

    _: KW_ONLY
    params: Annotated[_Limit, Field(description="Parameters.")] = None
    macs: Annotated[_Limit, Field(description="Multiply-accumulates for one image.")] = None
    activation_bytes: Annotated[
        _Limit, Field(description="Bytes of all layers' outputs for one image, in float32.")
    ] = None

    @classmethod
    def type_name(cls) -> str:
        return "budget"

    def excess(self, known: Inference) -> Problem | None:
        """The first limit that a network exceeds; None where it exceeds none."""
        for cost, received in (
            ("params", known.total_params),
            ("macs", known.macs),
            ("activation_bytes", known.activation_bytes),
        ):
            limit = getattr(self, cost)
            if limit is not None and received > limit:
                fields = {"cost": cost, "received": received, "limit": limit}
                return Problem(VariantCode.OVER_BUDGET, fields)
        return None


@dataclass(frozen=True)
class Variant:
    """One choice of levels.

    Attributes:
        key: Tells the variants of a study apart; `base` for the base.
        title: What a person calls it: `without shortcuts`.
        levels: By the number of the factor.
        architecture: The network; None where it could not be made.
        settings: How it is trained.
        params: Number of parameters; None where it could not be made.
        macs: Multiply-accumulates for one image; likewise.
        problem: Why it is not trained; None where it is.
    """

    key: str
    title: str
    levels: Choice
    architecture: Architecture | None
    settings: TrainingSettings
    params: int | None
    macs: int | None
    problem: Problem | None = None

    @property
    def is_trained(self) -> bool:
        """Whether nothing stands in its way."""
        return self.problem is None

    @property
    def identity(self) -> Identity:
        """Equal for two variants whose trainings would be the same to the last bit."""
        network = replace(self.architecture, name="") if self.architecture else None
        return network, self.settings


def variant(
    subject: Subject, factors: Sequence[Factor], levels: Choice, key: str, budget: Budget
) -> Variant:
    """Makes a variant, and rejects it before any training where it is broken or too expensive."""
    described = [factors[number].describe(level) for number, level in levels.items()]
    title = ", ".join(described) or BASE
    changed = subject
    try:
        for number, level in levels.items():
            changed = factors[number].apply(changed, level)
    except BuilderError as error:
        return Variant(key, title, levels, None, subject.settings, None, None, error.problem)
    known = infer(changed.architecture)
    problem = _obstacle(known, infer(subject.architecture), budget)
    costs = (known.total_params, known.macs) if known.ok else (None, None)
    return Variant(
        key, title, levels, changed.architecture, changed.settings, *costs, problem=problem
    )


def _obstacle(known: Inference, base: Inference, budget: Budget) -> Problem | None:
    """Why a network is not trained; None where nothing stands in its way."""
    if not known.ok:
        return Problem(VariantCode.BROKEN, {"issue": known.errors[0]})
    over = budget.excess(known)
    if over is None and known.output_shapes != base.output_shapes:
        return Problem(VariantCode.OTHER_OUTPUT)
    return over


def variants(
    subject: Subject, factors: Sequence[Factor], choices: Mapping[str, Choice], budget: Budget
) -> tuple[Variant, ...]:
    """The variants of a study, in order, from their levels by key.

    A variant with the network and settings of an earlier one says so, and is not trained.
    """
    found: list[Variant] = []
    trained: dict[Identity, Variant] = {}
    for key, levels in choices.items():
        made = variant(subject, factors, levels, key, budget)
        if made.is_trained:
            first = trained.setdefault(made.identity, made)
            if first is not made:
                fields = {"key": first.key, "title": first.title}
                made = replace(made, problem=Problem(VariantCode.SAME, fields))
        found.append(made)
    return tuple(found)


def keyed(choices: Sequence[Choice]) -> dict[str, Choice]:
    """The levels of listed variants by key."""
    return {(f"v{n:03d}" if levels else BASE): levels for n, levels in enumerate(choices)}


def changes(subject: Subject, factors: Sequence[Factor], levels: Choice) -> Choice:
    """The levels that differ from the base's."""
    return {n: level for n, level in levels.items() if level != factors[n].base(subject)}


def one_at_a_time(subject: Subject, factors: Sequence[Factor]) -> tuple[Choice, ...]:
    """The base, and each factor at each other level while all others stay as in the base."""
    single = [
        {number: level}
        for number, factor in enumerate(factors)
        for level in factor.choices()
        if level != factor.base(subject)
    ]
    return _bounded(iter([{}, *single]), len(single) + 1)


def combinations(subject: Subject, factors: Sequence[Factor]) -> tuple[Choice, ...]:
    """All combinations of all levels; the base comes first, if it is among them."""
    count = 1
    for factor in factors:
        count *= len(factor.choices())
    made = _combined(subject, factors)
    return tuple(sorted(_bounded(made, count), key=bool))


def _combined(subject: Subject, factors: Sequence[Factor]) -> Iterator[Choice]:
    bases = [factor.base(subject) for factor in factors]
    for levels in product(*(factor.choices() for factor in factors)):
        yield {
            number: level
            for number, (level, base) in enumerate(zip(levels, bases, strict=True))
            if level != base
        }


def drawn(
    subject: Subject, factors: Sequence[Factor], number: int, seed: int
) -> tuple[Choice, ...]:
    """The base and a number of distinct choices, drawn at random; from a range evenly.

    There are fewer where the levels have no more combinations.
    """
    draw = random.Random(seed)
    found: dict[str, Choice] = {"{}": {}}
    for _ in range(20 * number):
        if len(found) > number:
            break
        drawn_levels = {
            place: factor.range.at(draw.random()) if factor.range else draw.choice(factor.choices())
            for place, factor in enumerate(factors)
        }
        levels = changes(subject, factors, drawn_levels)
        found.setdefault(repr(levels), levels)
    return _bounded(iter(found.values()), len(found))


def _bounded(choices: Iterator[Choice], count: int) -> tuple[Choice, ...]:
    if count > MAX_VARIANTS:
        raise EditError(
            f"the study would have {count:,} variants, expected at most {MAX_VARIANTS:,}",
            "give fewer levels, or draw some of them at random",
        )
    return tuple(islice(choices, MAX_VARIANTS))
