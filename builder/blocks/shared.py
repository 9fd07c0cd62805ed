"""The common parameters of several blocks, which can be set for all of them at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from builder.blocks.base import Block
from builder.blocks.parameter import Parameter

_WORDS = frozenset(("description", "title", "default"))
"""Entries of a schema that do not affect which values are allowed."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A parameter with the same name and type in several blocks.

    Attributes:
        parameter: Its declaration; if only some of them allow None, one that does not.
        holders: The places of the blocks that have it, ascending.
        values: Their values as plain JSON, in the same order.
    """

    parameter: Parameter
    holders: tuple[int, ...]
    values: tuple[Any, ...]

    @property
    def mixed(self) -> bool:
        """Whether the values differ."""
        return any(value != self.values[0] for value in self.values)


def shared_parameters(blocks: Sequence[Block]) -> tuple[Shared, ...]:
    """The parameters that two or more blocks share.

    Those of the most blocks come first, then in the order of their declarations. A name appears
    twice where blocks mean different things by it.
    """
    found: dict[tuple[str, str], list[tuple[int, Parameter]]] = {}
    for place, block in enumerate(blocks):
        for parameter, kind in _kinds(type(block)):
            found.setdefault((parameter.name, kind), []).append((place, parameter))
    values = [block.values() for block in blocks]
    shared = [_shared(holders, values) for holders in found.values() if len(holders) > 1]
    return tuple(sorted(shared, key=lambda each: -len(each.holders)))


def _shared(holders: list[tuple[int, Parameter]], values: list[dict[str, Any]]) -> Shared:
    strict = (parameter for _, parameter in holders if not _is_optional(parameter.schema))
    chosen = next(strict, holders[0][1])
    places = tuple(place for place, _ in holders)
    return Shared(chosen, places, tuple(values[place][chosen.name] for place in places))


@cache
def _kinds(block: type[Block]) -> tuple[tuple[Parameter, str], ...]:
    """A block's parameters, each with its type as a text: equal ones allow the same values."""
    return tuple(
        (parameter, json.dumps(_bare(parameter.schema), sort_keys=True))
        for parameter in block.parameters()
    )


def _is_optional(schema: Mapping[str, Any]) -> bool:
    return {"type": "null"} in schema.get("anyOf", ())


def _bare(schema: Any) -> Any:
    """A schema without its texts and without the alternative None."""
    if isinstance(schema, list):
        return [_bare(item) for item in cast(list[Any], schema)]
    if not isinstance(schema, Mapping):
        return schema
    items = cast(Mapping[str, Any], schema).items()
    kept = {name: _bare(item) for name, item in items if name not in _WORDS}
    branches = [branch for branch in kept.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) == 1:
        return {**{name: item for name, item in kept.items() if name != "anyOf"}, **branches[0]}
    return {**kept, "anyOf": branches} if branches else kept
