"""Refuses a definition that makes no block: a contradiction, a taken name, or too large a size."""

from functools import cache

from builder.blocks.base import Block
from builder.blocks.catalogue import catalogue
from builder.blocks.trace_record import MAX_LAYERS
from builder.network.architecture import MAX_INPUTS, MAX_NAME, MAX_NODES, Node, is_identifier
from builder.network.connections import (
    has_valid_number,
    is_repeatable,
    number_expected,
    takes_input,
)
from builder.network.definition_codes import DefinitionCode
from builder.network.own_block import REPEAT, Definition, OwnBlock, definitions_in
from builder.network.script_names import hides_something, means_something, parameter_names
from builder.system.errors import EditError

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
        raise EditError(DefinitionCode.NO_IDENTIFIER, name=name, most=MAX_NAME)
    if name in catalogue():
        raise EditError(DefinitionCode.NAME_OF_BLOCK, name=name)
    if name in parameter_names() or means_something(name):
        raise EditError(DefinitionCode.NAME_MEANS_SOMETHING, name=name)


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
    name = definition.name
    known = set(definition.tensors)
    if not 1 <= len(definition.tensors) <= MAX_INPUTS or len(known) < len(definition.tensors):
        raise EditError(DefinitionCode.WRONG_INPUTS, block=name, most=MAX_INPUTS)
    if not 1 <= len(definition.nodes) <= MAX_NODES:
        raise EditError(DefinitionCode.WRONG_NUMBER_INSIDE, block=name, most=MAX_NODES)
    for node in definition.nodes:
        if not takes_input(node.block):
            kind = node.block.type_name()
            raise EditError(DefinitionCode.INPUT_INSIDE, block=name, type=kind)
        if node.id in known:
            raise EditError(DefinitionCode.SAME_ID, block=name, node=node.id)
        if node.name:
            raise EditError(DefinitionCode.SECOND_NAME, block=name, node=node.id)
        if not known.issuperset(node.inputs):
            raise EditError(DefinitionCode.READS_BELOW, block=name, node=node.id)
        _check_inputs(name, node)
        known.add(node.id)
    if definition.output not in definition.by_id:
        raise EditError(DefinitionCode.NO_SUCH_OUTPUT, block=name, output=definition.output)
    if _levels(definition) > MAX_LEVELS:
        raise EditError(DefinitionCode.TOO_NESTED, block=name, most=MAX_LEVELS)
    if _size(definition) > MAX_LAYERS:
        raise EditError(DefinitionCode.TOO_LARGE, block=name, most=MAX_LAYERS)
    if len(definition.summary) > MAX_SUMMARY or not definition.summary.isprintable():
        raise EditError(DefinitionCode.WRONG_SUMMARY, block=name, most=MAX_SUMMARY)
    _check_parameters(definition)


def _check_inputs(name: str, node: Node) -> None:
    if not has_valid_number(node):
        raise EditError(
            DefinitionCode.WRONG_NUMBER_OF_INPUTS,
            block=name,
            node=node.id,
            received=len(node.inputs),
            expected=number_expected(node.block),
        )
    if node.repeat > 1 and not is_repeatable(node.block):
        raise EditError(DefinitionCode.NOT_REPEATABLE, block=name, node=node.id)


def _check_parameters(definition: Definition) -> None:
    names = [exposed.name for exposed in definition.parameters]
    inside = {*definition.tensors, *(n.block.type_name() for n in definition.nodes)}
    block = definition.name
    if len(names) > MAX_EXPOSED:
        raise EditError(DefinitionCode.TOO_MANY_PARAMETERS, block=block, most=MAX_EXPOSED)
    for exposed in definition.parameters:
        name = exposed.name
        free = is_identifier(name) and not hides_something(name) and not name.startswith("_")
        if not free or hasattr(OwnBlock, name) or name in inside:
            raise EditError(DefinitionCode.WRONG_PARAMETER_NAME, parameter=name)
        if names.count(name) > 1:
            raise EditError(DefinitionCode.SAME_PARAMETER, block=block, parameter=name)
        if not exposed.targets:
            raise EditError(DefinitionCode.SETS_NOTHING, block=block, parameter=name)
        for node, parameter in exposed.targets:
            inner = definition.by_id.get(node)
            if inner is None or parameter not in settable(inner):
                raise EditError(
                    DefinitionCode.SETS_WHAT_IS_NOT_THERE,
                    block=block,
                    parameter=name,
                    inner=parameter,
                    node=node,
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
