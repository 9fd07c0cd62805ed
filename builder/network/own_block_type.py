"""Turns a definition into the type of block that it describes."""

from collections.abc import Callable
from dataclasses import KW_ONLY
from functools import cache
from typing import Annotated, Any, get_type_hints

from pydantic import Field, Strict

from builder.blocks.base import Block
from builder.blocks.declaration import declaration
from builder.blocks.parameter import Role
from builder.network.architecture import MAX_REPEAT
from builder.network.own_block import (
    REPEAT,
    Checks,
    Definition,
    Exposed,
    OwnBlock,
    standard_summary,
)
from builder.network.own_block_checks import check

_Repeat = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_REPEAT, description="How many times in a row it is applied."),
    Role.DEPTH,
]


_types: dict[Definition, type[OwnBlock]] = {}
"""Each definition's type, so that equal definitions give equal blocks."""


def own_block(definition: Definition, checks: Checks | None = None) -> type[OwnBlock]:
    """The block that a definition describes.

    Args:
        definition: Its content.
        checks: Those of the file that it comes from; None for a block from elsewhere.

    Raises:
        EditError: The definition contradicts itself, or is too large.
        ParameterError: A parameter's default does not suit all that it sets.
    """
    known = _types.get(definition)
    return known or _types.setdefault(definition, _made(definition, checks or Checks()))


def _made(definition: Definition, checks: Checks) -> type[OwnBlock]:
    check(definition)
    hints: dict[str, Any] = {}
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": hints,
        "definition": definition,
        "function": staticmethod(_function(definition)),
        "min_inputs": len(definition.tensors),
        "max_inputs": len(definition.tensors),
    }
    for position, exposed in enumerate(definition.parameters):
        if position == 1:  # the first parameter is positional, as in the built-in modules
            hints["_"] = KW_ONLY
        hints[exposed.name] = _hint(definition, exposed)
        namespace[exposed.name] = definition.default(exposed)
    declared = declaration(type(definition.name, (OwnBlock,), namespace))
    declared.__doc__ = definition.summary or standard_summary(definition)
    defaults = declared.create_checked({}, checks)
    for exposed in definition.parameters:
        checks.check(declared, exposed.name, getattr(defaults, exposed.name))
    return declared


def _function(definition: Definition) -> Callable[..., Any]:
    """What the block does to tensors: the graph, walked."""

    def apply(*tensors: Any, **values: Any) -> Any:
        known = dict(zip(definition.tensors, tensors, strict=True))
        for node in definition.applied_with(values):
            sources = [known[source] for source in node.inputs]
            known[node.id] = node.block(sources[0] if node.block.max_inputs == 1 else sources)
            for _ in range(node.repeat - 1):
                known[node.id] = node.block(known[node.id])
        return known[definition.output]

    return apply


@cache
def _hints(block: type[Block]) -> dict[str, Any]:
    return get_type_hints(block, include_extras=True)


def _hint(definition: Definition, exposed: Exposed) -> Any:
    """The type of an exposed parameter, which is that of the first one it sets."""
    node, parameter = exposed.targets[0]
    hint: Any = _Repeat
    if parameter != REPEAT:
        block: type[Block] = type(definition.by_id[node].block)
        hint = _hints(block)[parameter]
    return Annotated[hint, Field(description=exposed.help)] if exposed.help else hint
