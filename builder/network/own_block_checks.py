"""Refuses a definition that makes no block: a contradiction, a taken name, or too large a size."""

from functools import cache

from builder.blocks.base import Block
from builder.blocks.catalogue import catalogue
from builder.blocks.symbolic import MAX_LAYERS
from builder.network.architecture import MAX_INPUTS, MAX_NAME, MAX_NODES, Node, is_identifier
from builder.network.connections import (
    has_valid_number,
    is_repeatable,
    number_expected,
    takes_input,
)
from builder.network.own_block import REPEAT, Definition, OwnBlock, definitions_in
from builder.network.script_names import hides_something, means_something, parameter_names
from builder.system.errors import EditError, shown

MAX_EXPOSED = 32
MAX_LEVELS = 8
"""How deeply own blocks may be nested."""
MAX_SUMMARY = 200


def check_name(name: str) -> None:
    """Checks the name of an own block.

    Raises:
        EditError: It is not a free Python identifier.
    """
    if not is_identifier(name):
        expected = f"letters, digits and _ (no digit first, at most {MAX_NAME})"
        raise EditError(f"name: received {shown(name)}, expected {expected}")
    if name in catalogue():
        raise EditError(f"there is a block named {name} already", "choose another name")
    if name in parameter_names() or means_something(name):
        raise EditError(
            f"the name {name} means something in the exported code", "choose another name"
        )


@cache
def names_in_use(block: type[OwnBlock]) -> tuple[str, ...]:
    """The names of an own block and those inside it that exported code cannot keep.

    They come from files: typed names are refused by `check_name`.
    """
    definitions = (*definitions_in(block.definition.nodes), block.definition)
    return tuple(each.name for each in definitions if means_something(each.name))


@cache
def idle_nodes(block: type[OwnBlock]) -> tuple[tuple[str, str], ...]:
    """Pairs of a block's name and the id of a node in it that its output does not depend on."""
    definitions = (*definitions_in(block.definition.nodes), block.definition)
    return tuple((each.name, node) for each in definitions for node in each.idle)


def check(definition: Definition) -> None:
    """Checks that a definition makes a block; inference says whether its shapes fit.

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
        if not takes_input(node.block):
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
    if not has_valid_number(node):
        expected = number_expected(node.block)
        raise EditError(
            f"{where}: {node.id} has {len(node.inputs)} inputs, expected {expected}",
            "connect or disconnect some first",
        )
    if node.repeat > 1 and not is_repeatable(node.block):
        raise EditError(f"{where}: {node.id} does not take one input, so it cannot be repeated")


def _check_parameters(definition: Definition) -> None:
    names = [exposed.name for exposed in definition.parameters]
    inside = {*definition.tensors, *(n.block.type_name() for n in definition.nodes)}
    if len(names) > MAX_EXPOSED:
        raise EditError(f"{definition.name}: expected at most {MAX_EXPOSED} parameters")
    for exposed in definition.parameters:
        name = exposed.name
        free = is_identifier(name) and not hides_something(name) and not name.startswith("_")
        if not free or hasattr(OwnBlock, name) or name in inside:
            raise EditError(f"a parameter cannot be named {shown(name)}", "choose another name")
        if names.count(name) > 1:
            raise EditError(f"{definition.name}: two parameters are named {name}")
        if not exposed.targets:
            raise EditError(f"{definition.name}: the parameter {name} sets nothing")
        for node, parameter in exposed.targets:
            inner = definition.by_id.get(node)
            if inner is None or parameter not in settable(inner):
                raise EditError(
                    f"{definition.name}: {name} sets {shown(parameter)} of {shown(node)}, "
                    "which is not there"
                )


def settable(node: Node) -> frozenset[str]:
    """What an exposed parameter can set of an inner node: the node's parameters and `repeat`."""
    return _settable(type(node.block))


@cache
def _settable(block: type[Block]) -> frozenset[str]:
    names = frozenset(parameter.name for parameter in block.parameters())
    return names | {REPEAT} if is_repeatable(block) else names


@cache
def _levels(definition: Definition) -> int:
    inner = (node.block.definition for node in definition.nodes if isinstance(node.block, OwnBlock))
    return 1 + max(map(_levels, inner), default=0)


@cache
def _size(definition: Definition) -> int:
    """How many blocks are applied, including those of inner own blocks."""
    return sum(
        node.repeat * (_size(node.block.definition) if isinstance(node.block, OwnBlock) else 1)
        for node in definition.nodes
    )
