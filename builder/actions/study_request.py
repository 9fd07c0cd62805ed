"""What a person asks of a new study, before it is planned: one value that a form fills in."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, replace
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field

from builder.actions import studies
from builder.blocks.declaration import Declared, declaration
from builder.network.architecture import Architecture
from builder.studies.factor import Factor, Subject
from builder.studies.foresight import seeds_needed
from builder.studies.naming import MAX_LENGTH, part_at, read_factor
from builder.studies.ranges import read_levels
from builder.studies.strategies import Evolution, Nsga2, RandomSearch, Tpe
from builder.studies.study import MAX_SEEDS, Objective, Question, Study
from builder.studies.variants import (
    MAX_VARIANTS,
    Budget,
    Choice,
    combinations,
    drawn,
    one_at_a_time,
)
from builder.system.errors import EditError, ParameterError
from builder.training.setting_types import Count, Flag
from builder.training.settings import MAX_EPOCHS
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import parts

USUAL_SEEDS = {
    Question.ABLATION: 6,
    Question.DEGRADATION: 8,  # three depths, plain and residual: five differences
    Question.SWEEP: 1,
    Question.SEARCH: 1,
    Question.SCALING: 1,
}
"""The least seeds that a question begins with; a search trains its winner again with others."""


@declaration
class StudyRequest(Declared):
    """A study as it is filled in; it may still be refused.

    Attributes:
        places: For an ablation: parts of single nodes, such as `shortcut@residual_block_2`.
        vary: For a sweep or a search: what is varied and its levels, as `read_factor` reads them.
    """

    question: Question
    _: KW_ONLY
    parts: Annotated[
        tuple[PartKind, ...],
        Field(description="What is taken out, each by itself."),
    ] = ()
    places: tuple[Annotated[str, Field(max_length=MAX_LENGTH)], ...] = ()
    combined: Annotated[
        Flag,
        Field(
            description="Also takes out several parts at once, in all combinations: shows which "
            "parts make up for each other, and doubles the trainings with each part.",
            title="all combinations",
        ),
    ] = False
    depths: Annotated[
        str,
        Field(description="How many times as deep as now: a list such as 1, 2, 3, or 1..4."),
    ] = "1, 2, 3"
    vary: tuple[Annotated[str, Field(max_length=MAX_LENGTH)], ...] = ()
    drawn: Annotated[
        Annotated[int, Field(ge=1, le=MAX_VARIANTS - 1)] | None,
        Field(
            description="Trains so many combinations, drawn at random; empty means all of them.",
            title="draw at random",
        ),
    ] = None
    seeds: Annotated[
        Count,
        Field(le=MAX_SEEDS, description="How often each variant is trained, each time anew."),
    ] = 6
    epochs: Annotated[
        Annotated[int, Field(ge=1, le=MAX_EPOCHS)] | None,
        Field(description="Passes over the data in each training; empty means as on Train."),
    ] = None
    batch_size: Annotated[
        Annotated[int, Field(ge=1, le=65_536)] | None,
        Field(description="Images in one step; empty means as on Train."),
    ] = None
    strategy: Annotated[
        Tpe | Nsga2 | Evolution | RandomSearch,
        Field(discriminator="kind", description="How candidates are proposed."),
    ] = Tpe()
    objective: Objective = Objective()
    budget: Budget = Budget()

    @classmethod
    def type_name(cls) -> str:
        return "study"

    def subject(self, base: Subject) -> Subject:
        """The base with the epochs and the batch size that are asked for."""
        settings = base.settings
        return replace(
            base,
            settings=replace(
                settings,
                epochs=self.epochs or settings.epochs,
                batch_size=self.batch_size or settings.batch_size,
            ),
        )


def first_request(question: Question, subject: Subject) -> StudyRequest:
    """The request that a form begins with.

    For an ablation all parts that the network has, with as many seeds as can decide on so many.
    """
    if question is not Question.ABLATION:
        return StudyRequest(question, seeds=USUAL_SEEDS[question])
    usual = _usual_parts(subject.architecture)
    seeds = max(USUAL_SEEDS[question], seeds_needed(len(usual)))
    return StudyRequest(question, parts=usual, seeds=seeds)


def changed_values(request: StudyRequest, subject: Subject) -> dict[str, Any]:
    """What a request has that the one a form begins with has not, as plain values by name."""
    usual = first_request(request.question, subject).values()
    return {name: value for name, value in request.values().items() if value != usual[name]}


def kept_request(question: Question, subject: Subject, changed: Mapping[str, Any]) -> StudyRequest:
    """The request that a form begins with, and what was changed of it before.

    Parts that the network has no longer are left out; all of it is where it cannot be read.

    Args:
        question: What is asked.
        subject: The network as it is now, and how it is trained.
        changed: As `changed_values` gave it.
    """
    first = first_request(question, subject)
    try:
        request = StudyRequest.create({**first.values(), **changed, "question": question})
    except ParameterError:
        return first
    if not request.parts and not request.places:
        return request
    found = _kinds(subject.architecture)
    return replace(
        request,
        parts=tuple(kind for kind in request.parts if kind in found),
        places=tuple(place for place in request.places if part_at(subject.architecture, place)),
    )


@lru_cache(maxsize=32)
def _kinds(architecture: Architecture) -> frozenset[PartKind]:
    """The kinds of parts that can be taken out of a network."""
    return frozenset(part.kind for part in parts(architecture) if not part.problems)


@lru_cache(maxsize=32)
def _usual_parts(architecture: Architecture) -> tuple[PartKind, ...]:
    return studies.usual_parts(architecture)


def plan(request: StudyRequest, base: Subject, document_id: str = "") -> Study:
    """The study that a request asks for; nothing is written.

    Args:
        request: What is asked.
        base: The network, and how it is trained by itself.
        document_id: The document that it is about.

    Raises:
        BuilderError: Something in it is refused, or nothing could be trained.
    """
    subject = request.subject(base)
    factors = _factors(request, subject)
    first = subject.settings.seed
    return studies.plan(
        subject.architecture,
        subject.settings,
        factors,
        range(first, first + request.seeds),
        question=request.question,
        choices=_choices(request, subject, factors),
        document_id=document_id,
        objective=request.objective,
        budget=request.budget,
        strategy=request.strategy if request.question is Question.SEARCH else None,
    )


def _factors(request: StudyRequest, subject: Subject) -> tuple[Factor, ...]:
    if request.question is Question.ABLATION:
        if not request.parts and not request.places:
            raise EditError("no part is chosen", "choose what is taken out")
        return studies.ablation(subject.architecture, request.parts, request.places)
    if request.question is Question.DEGRADATION:
        return studies.degradation(subject.architecture, read_levels(request.depths))
    if request.question is Question.SCALING:
        return studies.scaling_grid()
    if not request.vary:
        raise EditError("nothing is varied yet", "choose a number and give it some values")
    return tuple(read_factor(text, subject.architecture) for text in request.vary)


def _choices(
    request: StudyRequest, subject: Subject, factors: Sequence[Factor]
) -> tuple[Choice, ...] | None:
    """The variants' levels; None for those that `studies.plan` takes by itself."""
    if request.question in (Question.SEARCH, Question.SCALING):
        return None
    if request.question is Question.ABLATION and not request.combined:
        return one_at_a_time(subject, factors)
    if request.question is Question.SWEEP and request.drawn is not None:
        return drawn(subject, factors, request.drawn, subject.settings.seed)
    return combinations(subject, factors)
