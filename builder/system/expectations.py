"""What is expected of a value, in words: of its JSON schema, and of an error of pydantic's.

    {"type": "integer", "minimum": 1}                          a whole number of at least 1
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1}    a number above 0 and at most 1
    {"enum": ["valid", "same"]}                                valid or same

The only place that words a limit: forms, command line, files and the block reference take it from
here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder.system.errors import cut

Schema = Mapping[str, Any]

MAX_EXPECTED = 400
"""The longest list of allowed values in a message, in characters."""

WHOLE = "a whole number"
NUMBER = "a number"

_NOUNS = {"integer": (WHOLE, "whole numbers"), "number": (NUMBER, "numbers")}
_PLAIN = {"boolean": "true or false", "string": "a text", "object": "an object", "null": "none"}
_OF_ERRORS = {
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "string_too_long": "a text of at most {max_length} letters",
    "literal_error": "{expected}",
    "missing": "a value",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "an object",
    "mapping_type": "an object",
    "dataclass_type": "an object",
}
"""The words for pydantic's types of errors, with the gaps that its context fills."""
_SAY_MORE = frozenset({"string_too_long", "finite_number"})
"""Errors about limits that a schema does not have."""


def expected(details: Mapping[str, Any], schema: Schema | None = None) -> str:
    """What was expected where a value was refused.

    Args:
        details: One of `ValidationError.errors()`.
        schema: The JSON schema of the value, which tells all its limits; None where there is none.
    """
    context = details.get("ctx", {})
    raised = context.get("error")
    if isinstance(raised, ValueError):  # a check of ours, which has its own words
        return cut(str(raised), MAX_EXPECTED)
    if schema is not None and details["type"] not in _SAY_MORE:
        return allowed(schema)
    known = _OF_ERRORS.get(details["type"])
    gaps = {
        name: plain_number(value) if isinstance(value, int | float) else value
        for name, value in context.items()
    }
    return cut(known.format(**gaps) if known else details["msg"], MAX_EXPECTED)


def allowed(schema: Schema) -> str:
    """The values that a JSON schema allows."""
    branches = list(_branches(schema, schema.get("$defs", {})))
    names = [name for branch in branches for name in _names(branch)]
    others = [branch for branch in branches if not any(True for _ in _names(branch))]
    numbers = [branch for branch in others if branch.get("type") in _NOUNS]
    texts = [_one_of(names)] if names else []
    texts += [_words(branch, numbers) for branch in others]
    *most, last = dict.fromkeys(texts)
    return cut(f"{', '.join(most)} or {last}" if most else last, MAX_EXPECTED)


def number_words(
    noun: str,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> str:
    """A noun with its limits: `a whole number from 1 to 64`, `a number above 0 and at most 1`."""
    if low is not None and high is not None:
        return f"{noun} from {plain_number(low)} to {plain_number(high)}"
    bounds = list(_bounds(low, high, above, below))
    if not bounds:
        return noun
    of = " of" if above is None and (low is not None or below is None) else ""
    return f"{noun}{of} {' and '.join(bounds)}"


def range_words(
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> str:
    """Limits by themselves: `1 to 64`, `above 0, at most 1`; empty where there are none."""
    if low is not None and high is not None:
        return f"{plain_number(low)} to {plain_number(high)}"
    return ", ".join(_bounds(low, high, above, below))


def limits(schema: Schema) -> dict[str, float | None]:
    """The limits of a number's schema, as the arguments of `number_words` and `range_words`."""
    return {
        "low": schema.get("minimum"),
        "high": schema.get("maximum"),
        "above": schema.get("exclusiveMinimum"),
        "below": schema.get("exclusiveMaximum"),
    }


def plain_number(number: float) -> str:
    """Writes a limit: `65,536`, `0.9`."""
    if isinstance(number, int) or number.is_integer():
        return f"{int(number):,}"
    return json.dumps(number)


def _bounds(
    low: float | None, high: float | None, above: float | None, below: float | None
) -> Iterator[str]:
    for word, number in (("above", above), ("at least", low), ("below", below), ("at most", high)):
        if number is not None:
            yield f"{word} {plain_number(number)}"


def _branches(schema: Schema, known: Schema) -> Iterator[Schema]:
    """The alternatives of a schema, without references; that of no value comes last."""
    while "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    inner = schema.get("anyOf") or schema.get("oneOf")
    if not inner:
        yield schema
        return
    every = [branch for one in inner for branch in _branches(one, known)]
    yield from sorted(every, key=lambda branch: branch.get("type") == "null")


def _names(schema: Schema) -> Iterator[str]:
    """The names that a schema allows: of an enum, or the tag of one kind of object."""
    yield from map(str, schema.get("enum", ()))
    if "const" in schema:
        yield str(schema["const"])
    for property in schema.get("properties", {}).values():
        if "const" in property:
            yield str(property["const"])


def _one_of(names: Sequence[str]) -> str:
    return " or ".join(names) if len(names) < 3 else f"one of {', '.join(names)}"


def _words(schema: Schema, numbers: Sequence[Schema]) -> str:
    """One alternative in words.

    Args:
        schema: The alternative.
        numbers: Other alternatives that are numbers: several of one are "such numbers".
    """
    kind = schema.get("type", "object")
    if kind in _NOUNS:
        return number_words(_NOUNS[kind][0], **limits(schema))
    if kind != "array":
        return _PLAIN[kind]
    items: Sequence[Schema] = schema.get("prefixItems", ())
    if items:
        return _fixed(items, numbers)
    many = range_words(low=schema.get("minItems"), high=schema.get("maxItems"))
    return f"{many} {_several(schema['items'])}" if many else _several(schema["items"])


def _fixed(items: Sequence[Schema], numbers: Sequence[Schema]) -> str:
    """A list of a certain length: `2 such numbers`, `2 lists of 2 such numbers`."""
    first = items[0]
    if any(limits(item) != limits(first) or _type(item) != _type(first) for item in items):
        return f"{len(items)} values"
    if "prefixItems" in first:
        return f"{len(items)} lists of {_fixed(first['prefixItems'], numbers)}"
    if any(_type(one) == _type(first) and limits(one) == limits(first) for one in numbers):
        return f"{len(items)} such numbers"
    return f"{len(items)} {_several(first)}"


def _several(item: Schema) -> str:
    """Several of what a list holds, which may be numbers."""
    branches: Sequence[Schema] = item.get("anyOf", [item])
    number = next((branch for branch in branches if _type(branch) in _NOUNS), None)
    if number is None:
        return "values"
    words = number_words(_NOUNS[_type(number)][1], **limits(number))
    has_holes = any(_type(branch) == "null" for branch in branches)
    return f"{words} (none for any of them)" if has_holes else words


def _type(schema: Schema) -> str:
    return schema.get("type", "")
