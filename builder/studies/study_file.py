"""What is asked of a study as plain JSON values, as `study.json` keeps it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from builder.files.architecture_file import from_dict, to_dict
from builder.studies.factors import AnyFactor
from builder.studies.strategies import AnyStrategy, Listed
from builder.studies.study import Objective, Question, Study, check_seeds
from builder.studies.variants import Budget, Choice
from builder.system.errors import FormatError
from builder.training.settings import SETTINGS, TrainingSettings

_STRATEGY: TypeAdapter[AnyStrategy] = TypeAdapter(AnyStrategy)
_FACTORS: TypeAdapter[tuple[AnyFactor, ...]] = TypeAdapter(tuple[AnyFactor, ...])


def values_of(study: Study) -> dict[str, Any]:
    """All that is asked; id and folder are the folder's own."""
    return {
        "title": study.title,
        "question": study.question,
        "document_id": study.document_id,
        "created": study.created,
        "architecture": to_dict(study.architecture),
        "settings": SETTINGS.stamp(study.settings.values()),
        "factors": [factor.values() for factor in study.factors],
        "choices": [[[number, level] for number, level in each.items()] for each in study.choices],
        "seeds": list(study.seeds),
        "objective": study.objective.values(),
        "budget": study.budget.values(),
        "strategy": study.strategy.values(),
    }


def study_of(folder: Path, values: Mapping[str, Any]) -> Study:
    """A study from what is asked of it.

    Raises:
        BuilderError: A value is refused.
        KeyError, TypeError, ValueError: Values are missing, or of another kind.
    """
    factors = _FACTORS.validate_python(values["factors"])
    return Study(
        id=folder.name,
        folder=folder,
        title=str(values["title"]),
        question=Question(values["question"]),
        document_id=str(values["document_id"]),
        created=str(values["created"]),
        architecture=from_dict(values["architecture"]),
        settings=TrainingSettings.create(SETTINGS.current(values["settings"])),
        factors=tuple(factors),
        choices=tuple(_choice(each, len(factors)) for each in values["choices"]),
        seeds=check_seeds(values["seeds"]),
        objective=Objective.create(values["objective"]),
        budget=Budget.create(values["budget"]),
        strategy=_STRATEGY.validate_python(values.get("strategy", Listed().values())),
    )


def _choice(pairs: Sequence[Sequence[Any]], factors: int) -> Choice:
    found: dict[int, Any] = {pair[0]: pair[1] for pair in pairs}
    if not all(type(number) is int and 0 <= number < factors for number in found):
        raise FormatError("a variant has a level of a factor that is not there")
    return found
