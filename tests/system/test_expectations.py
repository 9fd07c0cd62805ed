import math
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from builder.blocks.catalogue import catalogue
from builder.system.expectations import MAX_EXPECTED, allowed, expected, range_words
from builder.training.settings import TrainingSettings

Count = Annotated[int, Field(ge=1, le=65_536)]
Share = Annotated[float, Field(gt=0, lt=1)]
Factor = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (Count, "a whole number from 1 to 65,536"),
        (Annotated[int, Field(ge=1)], "a whole number of at least 1"),
        (Annotated[int, Field(le=8)], "a whole number of at most 8"),
        (Annotated[int, Field(lt=8)], "a whole number below 8"),
        (int, "a whole number"),
        (Share, "a number above 0 and below 1"),
        (Annotated[float, Field(gt=0, le=0.9)], "a number above 0 and at most 0.9"),
        (Annotated[float, Field(ge=0, lt=1)], "a number of at least 0 and below 1"),
        (Annotated[float, Field(ge=0.5, le=1e6)], "a number from 0.5 to 1,000,000"),
        (bool, "true or false"),
        (str, "a text"),
        (Literal["valid", "same"], "valid or same"),
        (Literal["auto", "on", "off"], "one of auto, on, off"),
        (Count | None, "a whole number from 1 to 65,536 or none"),
        (Count | tuple[Count, Count], "a whole number from 1 to 65,536 or 2 such numbers"),
        (
            Count | tuple[Count, Count] | None,
            "a whole number from 1 to 65,536, 2 such numbers or none",
        ),
        (tuple[Share, Share], "2 numbers above 0 and below 1"),
        (tuple[int, float], "2 values"),
        (Annotated[tuple[int, ...], Field(min_length=1, max_length=4)], "1 to 4 whole numbers"),
        (tuple[int | None, ...], "whole numbers (none for any of them)"),
    ],
)
def test_a_type_in_words(annotation: Any, words: str) -> None:
    assert allowed(TypeAdapter(annotation).json_schema()) == words


def test_every_parameter_has_words() -> None:
    declared = [*catalogue().values(), TrainingSettings]
    inner = [kind for one in declared for p in one.parameters() for kind in p.variants.values()]
    for parameter in (p for one in (*declared, *inner) for p in one.parameters()):
        words = allowed(parameter.schema)
        assert 0 < len(words) <= MAX_EXPECTED
        assert "value" not in words.split(), f"{parameter.name}: {words}"


@pytest.mark.parametrize(
    ("annotation", "value", "words"),
    [
        (Count, 0, "a number of at least 1"),
        (Share, 1, "a number below 1"),
        (Factor, math.inf, "a finite number"),
        (int, "x", "a whole number"),
        (int, 2.5, "a whole number"),
        (float, "x", "a number"),
        (bool, 7, "true or false"),
        (str, 7, "a text"),
        (Literal["valid", "same"], "full", "'valid' or 'same'"),
        (list[int], 7, "a list"),
        (dict[str, int], 7, "an object"),
    ],
)
def test_an_error_without_a_schema_in_words(annotation: Any, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    assert expected(caught.value.errors()[0]) == words


def test_limits_by_themselves() -> None:
    assert range_words(low=1, high=64) == "1 to 64"
    assert range_words(above=0, high=1) == "above 0, at most 1"
    assert range_words() == ""
