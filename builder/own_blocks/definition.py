"""What an own block is: a small graph with tensors that go in, and the type that it defines.

The type is a module like the built-in ones. What is called on tensors is the graph itself, and the
exported function is written from the same graph (`codegen/own_function.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self, cast

from builder.architecture import MAX_REPEAT, Node
from builder.blocks.base import Block
from builder.blocks.module import Module
from builder.errors import ParameterError, shown

REPEAT = "repeat"
"""Stands for a node's repetitions where a parameter's name is expected."""


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

    @cached_property
    def idle(self) -> tuple[str, ...]:
        """The ids of inner nodes that the output does not depend on: Keras would leave them out."""
        needed: set[str] = {self.output}
        for node in reversed(self.nodes):
            needed.update(node.inputs if node.id in needed else ())
        return tuple(node.id for node in self.nodes if node.id not in needed)

    @cached_property
    def applied(self) -> tuple[Node, ...]:
        """The inner nodes that the output depends on."""
        return tuple(node for node in self.nodes if node.id not in self.idle)

    @cached_property
    def reached(self) -> Mapping[str, Mapping[tuple[type[Block], str], str]]:
        """By parameter: the blocks and their parameters that it sets, each with a node's id.

        However many nodes of one block a parameter sets, the block is there once.
        """
        found: dict[str, dict[tuple[type[Block], str], str]] = {}
        for exposed in self.parameters:
            blocks = found.setdefault(exposed.name, {})
            for node, parameter in exposed.targets:
                blocks.setdefault((type(self.by_id[node].block), parameter), node)
        return found

    def default(self, exposed: Exposed) -> Any:
        """The value that an exposed parameter has in a fresh block."""
        node, parameter = exposed.targets[0]
        inner = self.by_id[node]
        return inner.repeat if parameter == REPEAT else getattr(inner.block, parameter)

    def with_values(self, values: Mapping[str, Any]) -> tuple[Node, ...]:
        """The inner nodes with exposed parameters set to values that were checked."""
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
        # A value may suit the first block that it sets, and not another one.
        checked: set[tuple[type[Block], str, str]] = set()
        for name, value in block._values().items():
            _check_value(cls, name, value, checked)
        return block

    def inner_nodes(self) -> tuple[Node, ...]:
        """The inner nodes with this block's values."""
        return self.definition.with_values(self._values())

    def _values(self) -> dict[str, Any]:
        """The values of the parameters by name."""
        return {p.name: getattr(self, p.name) for p in self.parameters()}


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


def _check_value(
    block: type[OwnBlock], name: str, value: Any, checked: set[tuple[type[Block], str, str]]
) -> None:
    """Checks a value against everything that it sets, at any depth.

    An own block may hand a parameter down to ten others, each of which does the same. What matters
    is which types of blocks the value reaches, not how often: four levels of ten are four checks.
    No block has a rule that joins two of its parameters, so each value is checked by itself.

    Raises:
        ParameterError: A block inside refuses it.
    """
    for (inner, parameter), node in block.definition.reached[name].items():
        if (inner, parameter, repr(value)) in checked:
            continue
        checked.add((inner, parameter, repr(value)))
        if parameter == REPEAT:
            _check_repeat(node, value)
        elif issubclass(inner, OwnBlock):
            taken = _filled(inner, {parameter: value})
            _check_value(inner, parameter, getattr(taken, parameter), checked)
        else:
            inner.create({parameter: value})


def _filled(block: type[OwnBlock], parameters: Mapping[str, Any]) -> OwnBlock:
    """A block of values that the blocks inside are known to take, or are asked about next."""
    return cast(OwnBlock, super(OwnBlock, block).create(parameters))


def _check_repeat(node: str, value: Any) -> None:
    if type(value) is not int or not 1 <= value <= MAX_REPEAT:
        raise ParameterError(f"{node}: repeat: received {shown(value)}, expected 1 to {MAX_REPEAT}")


def _changed(node: Node, changes: Mapping[str, Any]) -> Node:
    """A node with other values; only those of its block's own parameters go into the block."""
    parameters = {name: value for name, value in changes.items() if name != REPEAT}
    block = node.block
    if parameters:
        names = (parameter.name for parameter in block.parameters())
        values = {name: getattr(block, name) for name in names} | parameters
        if isinstance(block, OwnBlock):
            block = _filled(type(block), values)
        else:
            block = type(block).create(values)
    return replace(node, block=block, repeat=changes.get(REPEAT, node.repeat))
