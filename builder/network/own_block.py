"""An own block: a small graph with input tensors, and the type that it defines.

The type is a module like the built-in ones. Calling it on tensors walks the graph, and the exported
function is written from the same graph (`codegen/own_function.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Self, cast

from builder.blocks.base import Block
from builder.blocks.module import Module
from builder.network.architecture import MAX_REPEAT, Node
from builder.system.errors import ParameterError, Refusal

REPEAT = "repeat"
"""Stands for a node's repetitions where a parameter's name is expected."""

MAX_CHECKS = 30_000
"""How many values inside blocks are checked for one file, which takes about a second."""
_LONG_VALUE = 100
"""The characters of a written value that cost as much as one more check."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A parameter of an own block.

    Attributes:
        name: A Python identifier.
        targets: What it sets: pairs of an inner node's id and a parameter of that node's block, or
            `repeat`. The value of the first one is the default.
        help: One sentence on what it does; empty uses that of the inner parameter.
    """

    name: str
    targets: tuple[tuple[str, str], ...]
    help: str = ""


@dataclass(frozen=True)
class Definition:
    """The definition of an own block.

    Attributes:
        name: Its name in the palette, in files and in code; a Python identifier.
        nodes: Its inner nodes, each behind its inputs.
        output: The id of the inner node whose output is the block's output.
        tensors: The names under which the inner nodes read the block's inputs.
        parameters: What can be set from outside.
        summary: One line on its purpose; may be empty.
    """

    name: str
    nodes: tuple[Node, ...]
    output: str
    tensors: tuple[str, ...] = ("inputs",)
    parameters: tuple[Exposed, ...] = ()
    summary: str = ""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Computed once: a network asks for it at each of its nodes."""
        content = (self.name, self.nodes, self.output, self.tensors, self.parameters)
        return hash((*content, self.summary))

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The inner nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def idle(self) -> tuple[str, ...]:
        """The ids of inner nodes that the output does not depend on; Keras would leave them out."""
        needed: set[str] = {self.output}
        for node in reversed(self.nodes):
            needed.update(node.inputs if node.id in needed else ())
        return tuple(node.id for node in self.nodes if node.id not in needed)

    @cached_property
    def applied(self) -> tuple[Node, ...]:
        """The inner nodes that the output depends on."""
        idle = frozenset(self.idle)
        return tuple(node for node in self.nodes if node.id not in idle)

    @cached_property
    def reached(self) -> Mapping[str, Mapping[tuple[type[Block], str], str]]:
        """For each parameter, the blocks and their parameters that it sets, each with a node's id.

        A block is listed once, however many of its nodes a parameter sets.
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

    @cached_property
    def _setters(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """For each inner node that is set from outside, its parameters and what sets them."""
        setters: dict[str, dict[str, str]] = {}
        for exposed in self.parameters:
            for node, parameter in exposed.targets:
                setters.setdefault(node, {})[parameter] = exposed.name
        return {node: tuple(sets.items()) for node, sets in setters.items()}

    def with_values(self, values: Mapping[str, Any]) -> tuple[Node, ...]:
        """The inner nodes with the exposed parameters set to checked values."""
        return tuple(self._set(node, values) for node in self.nodes)

    def applied_with(self, values: Mapping[str, Any]) -> Iterator[Node]:
        """Those inner nodes that the output depends on, made one by one."""
        return (self._set(node, values) for node in self.applied)

    def _set(self, node: Node, values: Mapping[str, Any]) -> Node:
        setters = self._setters.get(node.id, ())
        changes = tuple((name, values[by]) for name, by in setters)
        return _changed(node, changes) if changes else node


class OwnBlock(Module):
    """A module that a person made.

    Attributes:
        definition: Its content.
    """

    definition: ClassVar[Definition]

    @classmethod
    def create(cls, values: Mapping[str, Any]) -> Self:
        return cls.create_checked(values, Checks())

    @classmethod
    def create_checked(cls, parameters: Mapping[str, Any], checks: "Checks") -> Self:
        """Makes a block as `create` does.

        Args:
            parameters: Values by name; the defaults were checked when the type was made.
            checks: What has been checked already, and how much more may be.

        Raises:
            ParameterError: A name is unknown or a value is out of range, or it is too much work.
        """
        block = super().create(parameters)
        for name in parameters:
            checks.check(cls, name, getattr(block, name))
        return block

    def inner_nodes(self) -> tuple[Node, ...]:
        """The inner nodes with this block's values."""
        return self.definition.with_values(self._values())

    def _values(self) -> dict[str, Any]:
        """The values of the parameters by name."""
        return {p.name: getattr(self, p.name) for p in self.parameters()}


def standard_summary(definition: Definition) -> str:
    """The summary of a block without one."""
    number = len(definition.nodes)
    return f"A block made of {number} others." if number > 1 else "A block made of another one."


def definitions_in(nodes: Iterable[Node]) -> tuple[Definition, ...]:
    """The definitions of the own blocks in some nodes, each after those that it uses itself."""
    found: dict[Definition, None] = {}

    def visit(inner: Iterable[Node]) -> None:
        for node in inner:
            if isinstance(node.block, OwnBlock) and node.block.definition not in found:
                visit(node.block.definition.nodes)
                found[node.block.definition] = None

    visit(nodes)
    return tuple(found)


class Checks:
    """Checks values against everything that they set inside of blocks, at any depth.

    A value may suit the first block that it sets, but not another one. An own block may pass a
    parameter on to ten others, each of which does the same. What matters is which types of blocks a
    value reaches, not how often: four levels of ten are four checks. No block has a rule that
    combines two of its parameters, so each value is checked separately.

    All blocks of a file share one, so that a value is not checked again and no file can keep a
    server busy.
    """

    def __init__(self) -> None:
        self._done: set[tuple[type[Block], str, str]] = set()
        self._left = MAX_CHECKS

    def check(self, block: type[OwnBlock], name: str, value: Any) -> None:
        """Checks the value of an own block's parameter.

        Raises:
            ParameterError: A block inside refuses it, or there were too many checks.
        """
        if not self._is_new(block, name, value):
            return
        reached = block.definition.reached[name]
        self._spend(len(reached), block, name)
        for (inner, parameter), node in reached.items():
            if issubclass(inner, OwnBlock) and parameter != REPEAT:
                taken = _filled(inner, {parameter: value})
                self.check(inner, parameter, getattr(taken, parameter))
            elif self._is_new(inner, parameter, value):
                if parameter == REPEAT:
                    _check_repeat(node, value)
                else:
                    inner.create({parameter: value})

    def _is_new(self, block: type[Block], name: str, value: Any) -> bool:
        text = repr(value)
        self._spend(len(text) // _LONG_VALUE, block, name)
        key = (block, name, text)
        if key in self._done:
            return False
        self._done.add(key)
        return True

    def _spend(self, number: int, block: type[Block], name: str) -> None:
        self._left -= number
        if self._left < 0:
            raise ParameterError(
                f"{name} is handed down to more blocks inside of blocks than can be checked",
                "let fewer parameters be set from outside",
                owner=block.type_name(),
            )


def _filled(block: type[OwnBlock], parameters: Mapping[str, Any]) -> OwnBlock:
    """A block with values that the inner blocks accept, or that are checked next."""
    return cast(OwnBlock, super(OwnBlock, block).create(parameters))


def _check_repeat(node: str, value: Any) -> None:
    if type(value) is not int or not 1 <= value <= MAX_REPEAT:
        refusal = Refusal((REPEAT,), value, f"1 to {MAX_REPEAT}")
        raise ParameterError(owner=node, refusals=[refusal])


@lru_cache(maxsize=16_384)
def _changed(node: Node, changes: tuple[tuple[str, Any], ...]) -> Node:
    """A node with other values; only those of its block's own parameters go into the block.

    Cached, since a block that passes a value on to ten others changes the same nodes ten times.
    """
    parameters = {name: value for name, value in changes if name != REPEAT}
    block = node.block
    if parameters:
        names = (parameter.name for parameter in block.parameters())
        values = {name: getattr(block, name) for name in names} | parameters
        if isinstance(block, OwnBlock):
            block = _filled(type(block), values)
        else:
            block = type(block).create(values)
    return replace(node, block=block, repeat=dict(changes).get(REPEAT, node.repeat))
