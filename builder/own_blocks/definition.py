"""What an own block is: a small graph with tensors that go in, and the type that it defines.

The type is a module like the built-in ones. What is called on tensors is the graph itself, and the
exported function is written from the same graph (`codegen/own_function.py`).
"""

import keyword
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Self, get_type_hints

from pydantic import Field, Strict

from builder.architecture import MAX_INPUTS, MAX_NODES, MAX_REPEAT, Node, is_identifier
from builder.blocks.base import Block
from builder.blocks.catalogue import catalogue
from builder.blocks.declaration import declaration
from builder.blocks.module import Module
from builder.blocks.symbolic import MAX_LAYERS
from builder.blocks.types import Role
from builder.errors import EditError, shown

MAX_EXPOSED = 32
MAX_LEVELS = 8
"""How deep own blocks may hold each other."""
MAX_SUMMARY = 200

REPEAT = "repeat"
"""Stands for a node's repetitions where a parameter's name is expected."""

_RESERVED = frozenset(
    "build_model compile_model keras layers load_data main np os sys train x previous new i".split()
)
"""What an exported script calls its own things."""

_Repeat = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_REPEAT, description="How many times in a row it is applied."),
    Role.DEPTH,
]


@dataclass(frozen=True, slots=True)
class Exposed:
    """A parameter of an own block.

    Attributes:
        name: A Python identifier.
        targets: What it sets: pairs of an inner node's id and a parameter of that node's block, or
            `repeat`. The first one's value is the default.
        help: One sentence on what it does; empty for the inner parameter's own.
    """

    name: str
    targets: tuple[tuple[str, str], ...]
    help: str = ""


@dataclass(frozen=True)
class Definition:
    """The content of an own block.

    Attributes:
        name: Its name in the palette, in files and in code; a Python identifier.
        nodes: Its inner nodes, each behind its inputs.
        output: The id of the inner node whose output is the block's own.
        tensors: The names under which the inner nodes read the block's inputs.
        parameters: What can be set from outside.
        summary: One line on what it is for; may be empty.
    """

    name: str
    nodes: tuple[Node, ...]
    output: str
    tensors: tuple[str, ...] = ("inputs",)
    parameters: tuple[Exposed, ...] = ()
    summary: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The inner nodes by id."""
        return {node.id: node for node in self.nodes}

    def default(self, exposed: Exposed) -> Any:
        """The value that an exposed parameter has in a fresh block."""
        node, parameter = exposed.targets[0]
        inner = self.by_id[node]
        return inner.repeat if parameter == REPEAT else getattr(inner.block, parameter)

    def with_values(self, values: Mapping[str, Any]) -> tuple[Node, ...]:
        """The inner nodes with exposed parameters set.

        Raises:
            ParameterError: An inner block refuses its value.
        """
        changes: dict[str, dict[str, Any]] = {}
        for exposed in self.parameters:
            for node, parameter in exposed.targets:
                changes.setdefault(node, {})[parameter] = values[exposed.name]
        return tuple(
            _changed(node, changes[node.id]) if node.id in changes else node for node in self.nodes
        )


class OwnBlock(Module):
    """A module that a person made.

    Attributes:
        definition: Its content.
    """

    definition: ClassVar[Definition]

    @classmethod
    def create(cls, parameters: Mapping[str, Any]) -> Self:
        block = super().create(parameters)
        block.inner_nodes()  # a value may suit the first block that it sets, and not another one
        return block

    def inner_nodes(self) -> tuple[Node, ...]:
        """The inner nodes with this block's values."""
        values = {p.name: getattr(self, p.name) for p in self.parameters()}
        return self.definition.with_values(values)


@cache
def own_block(definition: Definition) -> type[OwnBlock]:
    """The block that a definition describes.

    Raises:
        EditError: The definition contradicts itself, or is too large.
    """
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
        if position == 1:  # the first parameter is taken by position, as in the built-in modules
            hints["_"] = KW_ONLY
        hints[exposed.name] = _hint(definition, exposed)
        namespace[exposed.name] = definition.default(exposed)
    declared = declaration(type(definition.name, (OwnBlock,), namespace))
    declared.__doc__ = definition.summary or standard_summary(definition)
    declared.create({})
    return declared


def standard_summary(definition: Definition) -> str:
    """What is said of a block that its maker said nothing of."""
    number = len(definition.nodes)
    return f"A block made of {number} others." if number > 1 else "A block made of another one."


def definitions_in(nodes: Iterable[Node]) -> tuple[Definition, ...]:
    """The definitions of the own blocks that nodes hold, each behind those that it holds itself."""
    found: dict[Definition, None] = {}

    def visit(inner: Iterable[Node]) -> None:
        for node in inner:
            if isinstance(node.block, OwnBlock) and node.block.definition not in found:
                visit(node.block.definition.nodes)
                found[node.block.definition] = None

    visit(nodes)
    return tuple(found)


def check_name(name: str) -> None:
    """Checks the name of an own block.

    Raises:
        EditError: It is not a free Python identifier.
    """
    if not is_identifier(name) or keyword.iskeyword(name):
        raise EditError(
            f"name: received {shown(name)}, expected letters, digits and _ (no digit first)"
        )
    if name in catalogue() or name in _RESERVED:
        raise EditError(f"the name {name!r} is taken", "choose another one")


def check(definition: Definition) -> None:
    """Checks that a definition makes a block; whether its shapes fit is for inference to say.

    Raises:
        EditError: It contradicts itself, or is too large.
    """
    where = definition.name
    known = set(definition.tensors)
    if not 1 <= len(definition.tensors) <= MAX_INPUTS or len(known) < len(definition.tensors):
        raise EditError(f"{where}: expected 1 to {MAX_INPUTS} inputs with names of their own")
    if not 1 <= len(definition.nodes) <= MAX_NODES:
        raise EditError(f"{where}: expected 1 to {MAX_NODES:,} blocks inside")
    for node in definition.nodes:
        if node.block.max_inputs == 0:
            raise EditError(f"{where}: an {node.block.type_name()} cannot be inside a block")
        if node.id in known:
            raise EditError(f"{where}: {node.id!r} is there twice")
        if node.name:
            raise EditError(f"{where}: {node.id} has a second name, expected its id only")
        if not known.issuperset(node.inputs):
            raise EditError(f"{where}: {node.id} reads what does not stand in front of it")
        _check_inputs(where, node)
        known.add(node.id)
    if definition.output not in definition.by_id:
        raise EditError(f"{where}: its output {shown(definition.output)} is not one of its blocks")
    if _levels(definition) > MAX_LEVELS:
        raise EditError(f"{where}: own blocks hold each other {MAX_LEVELS} levels deep at most")
    if _size(definition) > MAX_LAYERS:
        raise EditError(f"{where}: it would hold more than {MAX_LAYERS:,} blocks")
    if len(definition.summary) > MAX_SUMMARY or not definition.summary.isprintable():
        raise EditError(f"{where}: expected a summary of one line, {MAX_SUMMARY} letters at most")
    _check_parameters(definition)


def _check_inputs(where: str, node: Node) -> None:
    low, high = node.block.min_inputs, node.block.max_inputs
    if len(node.inputs) < low or (high is not None and len(node.inputs) > high):
        expected = f"{low}" if low == high else f"{low} or more"
        raise EditError(
            f"{where}: {node.id} has {len(node.inputs)} inputs, expected {expected}",
            "connect or disconnect some first",
        )
    if node.repeat > 1 and high != 1:
        raise EditError(f"{where}: {node.id} does not take one input, so it cannot be repeated")


def _check_parameters(definition: Definition) -> None:
    names = [exposed.name for exposed in definition.parameters]
    if len(names) > MAX_EXPOSED:
        raise EditError(f"{definition.name}: expected at most {MAX_EXPOSED} parameters")
    for exposed in definition.parameters:
        name = exposed.name
        free = is_identifier(name) and not keyword.iskeyword(name) and not name.startswith("_")
        if not free or hasattr(OwnBlock, name) or name in {*definition.tensors, *_RESERVED}:
            raise EditError(
                f"{definition.name}: a parameter cannot be named {shown(name)}", "choose another"
            )
        if names.count(name) > 1:
            raise EditError(f"{definition.name}: two parameters are named {name}")
        if not exposed.targets:
            raise EditError(f"{definition.name}: the parameter {name} sets nothing")
        for node, parameter in exposed.targets:
            inner = definition.by_id.get(node)
            if inner is None or parameter not in _settable(inner):
                raise EditError(
                    f"{definition.name}: {name} sets {shown(parameter)} of {shown(node)}, "
                    "which is not there"
                )


def _settable(node: Node) -> set[str]:
    names = {parameter.name for parameter in node.block.parameters()}
    return names | {REPEAT} if node.block.max_inputs == 1 else names


def _function(definition: Definition) -> Callable[..., Any]:
    """What the block does to tensors: the graph, walked."""

    def apply(*tensors: Any, **values: Any) -> Any:
        known = dict(zip(definition.tensors, tensors, strict=True))
        for node in definition.with_values(values):
            sources = [known[source] for source in node.inputs]
            known[node.id] = node.block(sources[0] if node.block.max_inputs == 1 else sources)
            for _ in range(node.repeat - 1):
                known[node.id] = node.block(known[node.id])
        return known[definition.output]

    return apply


def _hint(definition: Definition, exposed: Exposed) -> Any:
    """The type of an exposed parameter: that of the first one that it sets."""
    node, parameter = exposed.targets[0]
    hint: Any = _Repeat
    if parameter != REPEAT:
        block: type[Block] = type(definition.by_id[node].block)
        hint = get_type_hints(block, include_extras=True)[parameter]
    return Annotated[hint, Field(description=exposed.help)] if exposed.help else hint


def _changed(node: Node, values: Mapping[str, Any]) -> Node:
    """A node with other values; only those of its block's own parameters go into the block."""
    parameters = {name: value for name, value in values.items() if name != REPEAT}
    block = node.block
    if parameters:
        names = (parameter.name for parameter in block.parameters())
        block = type(block).create({n: getattr(block, n) for n in names} | parameters)
    return replace(node, block=block, repeat=values.get(REPEAT, node.repeat))


@cache
def _levels(definition: Definition) -> int:
    inner = (node.block.definition for node in definition.nodes if isinstance(node.block, OwnBlock))
    return 1 + max(map(_levels, inner), default=0)


@cache
def _size(definition: Definition) -> int:
    """How many blocks are applied, those of inner own blocks counted."""
    return sum(
        node.repeat * (_size(node.block.definition) if isinstance(node.block, OwnBlock) else 1)
        for node in definition.nodes
    )
