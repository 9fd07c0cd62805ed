"""Changes an own block everywhere: its nodes in an architecture, and inside other own blocks.

    pair = two convolutions, filters 8            the new pair = three, filters 16
    pair_1  filters 8   (the usual value)    →    filters 16  (follows the new usual value)
    pair_2  filters 32  (a value of its own) →    filters 32  (stays)
    outer   holds a pair, sets its filters   →    holds the new pair, sets its filters still

Blocks are changed from the inside out, each definition once, however often it is used
(docs/decisions/0025-editing-own-blocks.md).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from builder.custom_blocks.codes import OwnBlockCode
from builder.network.architecture import Architecture, Node
from builder.network.edit_codes import EditCode
from builder.network.own_block import REPEAT, Definition, Exposed, OwnBlock, definitions_in
from builder.network.own_block_checks import check_name
from builder.network.own_block_type import own_block
from builder.system.errors import EditError, ParameterError


@dataclass(frozen=True)
class Value:
    """A parameter's value at one place."""

    parameter: str
    value: Any


@dataclass(frozen=True)
class Place:
    """A node of a block that is changed.

    Attributes:
        block: The block's name.
        label: The node's name.
        inside: The own block that holds the node; empty for the network itself.
        follows: Parameters with the default value, and the new default that they get.
        lost: Values that differ from the default and whose parameters are gone.
        refused: Values that differ from the default and do not suit the new definition; they become
            the default.
    """

    block: str
    label: str
    inside: str = ""
    follows: tuple[Value, ...] = ()
    lost: tuple[Value, ...] = ()
    refused: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Change:
    """An architecture in which own blocks have new content.

    Attributes:
        architecture: The network.
        places: The nodes with a block that has a new definition, in the order of the stack; a node
            inside an own block appears once, however often that is used.
        gone: Pairs of another own block that uses one of them and its parameter that no longer set
            anything, and so was dropped.
    """

    architecture: Architecture
    places: tuple[Place, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()


def change_blocks(architecture: Architecture, definitions: Iterable[Definition]) -> Change:
    """Gives all nodes of some own blocks new definitions, inside other own blocks too.

    A node keeps values that differ from the default if the parameter still exists and accepts them.
    A node with the default value gets the new default.

    Args:
        architecture: What is edited.
        definitions: The new definitions of the blocks with their names; those that the architecture
            does not use or has already change nothing.

    Raises:
        EditError: A block would have another number of inputs than it has where it stands, or a
            block around it would become too large.
    """
    new = {definition.name: definition for definition in definitions}
    work = _Change(lambda old: new.get(old.name))
    changed = replace(architecture, nodes=tuple(work.node(node) for node in architecture))
    return Change(changed, tuple(work.places), tuple(work.gone))


def redefine(architecture: Architecture, definition: Definition) -> Architecture:
    """Gives all nodes of one own block a new definition.

    Raises:
        EditError: As for `change_blocks`; or there is no block of that name.
    """
    _check_known(architecture, definition.name)
    return change_blocks(architecture, [definition]).architecture


def rename_block(architecture: Architecture, old: str, new: str) -> Architecture:
    """Renames an own block everywhere in an architecture.

    Raises:
        EditError: There is no such block, or the new name is taken or invalid.
    """
    _check_known(architecture, old)
    check_name(new)
    if any(own.name == new for own in definitions_in(architecture)):
        raise EditError(EditCode.NAME_TAKEN, name=new)
    work = _Change(lambda own: replace(own, name=new) if own.name == old else None)
    return replace(architecture, nodes=tuple(work.node(node) for node in architecture))


@dataclass
class _Change:
    """One pass over an architecture; `new` returns a block's new definition, or None."""

    new: Callable[[Definition], Definition | None]
    places: list[Place] = field(default_factory=list[Place])
    gone: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _known: dict[Definition, Definition] = field(default_factory=dict[Definition, Definition])

    def node(self, node: Node, inside: str = "", fixed: frozenset[str] = frozenset()) -> Node:
        """The node with its block and the blocks inside it changed."""
        block = node.block
        if not isinstance(block, OwnBlock):
            return node
        old, new = block.definition, self._changed(block.definition)
        if new == old:
            return node
        if len(new.tensors) != len(old.tensors):
            here = len(old.tensors)
            raise EditError(
                OwnBlockCode.OTHER_INPUTS, block=old.name, here=here, new=len(new.tensors)
            )
        moved = _Moved(block, own_block(new), fixed)
        if self.new(old) is not None:
            place = Place(old.name, node.label, inside, moved.follows, moved.lost, moved.refused)
            self.places.append(place)
        return replace(node, block=moved.block)

    def _changed(self, old: Definition) -> Definition:
        if old not in self._known:
            self._known[old] = self.new(old) or self._holder(old)
        return self._known[old]

    def _holder(self, old: Definition) -> Definition:
        """A block that does not change itself, with changed blocks inside it."""
        ties = {target for exposed in old.parameters for target in exposed.targets}
        nodes = tuple(
            self.node(node, old.name, frozenset(name for held, name in ties if held == node.id))
            for node in old.nodes
        )
        if nodes == old.nodes:
            return old
        made = replace(old, nodes=nodes)
        parameters = tuple(_live(old, made))
        kept = {exposed.name for exposed in parameters}
        self.gone += [(old.name, e.name) for e in old.parameters if e.name not in kept]
        usual = {e.name: old.default(e) for e in old.parameters if e.name in kept}
        made = replace(made, parameters=parameters)
        return replace(made, nodes=made.with_values(usual))


def _live(old: Definition, new: Definition) -> Iterator[Exposed]:
    """The parameters of a block that its changed nodes still have and accept."""
    for exposed in old.parameters:
        usual = old.default(exposed)
        targets = tuple(
            (node, name)
            for node, name in exposed.targets
            if _node_takes(new.by_id[node], name, usual)
        )
        if targets:
            yield replace(exposed, targets=targets)


class _Moved:
    """A block with the values of an old one that it accepts, and what became of each value.

    Args:
        old: The block.
        new: The type that takes its place.
        fixed: The parameters that the block around it sets; they keep their values.
    """

    def __init__(self, old: OwnBlock, new: type[OwnBlock], fixed: frozenset[str]) -> None:
        before = old.definition
        names = {parameter.name for parameter in new.parameters()}
        usual = {exposed.name: before.default(exposed) for exposed in before.parameters}
        fresh = {e.name: new.definition.default(e) for e in new.definition.parameters}
        kept: dict[str, Any] = {}
        follows: list[Value] = []
        lost: list[Value] = []
        refused: list[Value] = []
        for name, standard in usual.items():
            value, own = getattr(old, name), name in fixed or getattr(old, name) != standard
            if name not in names:
                lost += [Value(name, value)] if own else []
            elif not own:
                follows += [Value(name, fresh[name])] if fresh[name] != standard else []
            elif _takes(new, name, value):
                kept[name] = value
            else:
                refused.append(Value(name, value))
        self.block = new.create(kept)
        self.follows, self.lost, self.refused = tuple(follows), tuple(lost), tuple(refused)


def _node_takes(node: Node, name: str, value: Any) -> bool:
    if name == REPEAT or not isinstance(node.block, OwnBlock):  # these have not changed
        return True
    return _takes(type(node.block), name, value)


def _takes(block: type[OwnBlock], name: str, value: Any) -> bool:
    try:
        block.create({name: value})
    except ParameterError:
        return False
    return True


def _check_known(architecture: Architecture, name: str) -> None:
    if all(own.name != name for own in definitions_in(architecture)):
        raise EditError(OwnBlockCode.NO_SUCH_BLOCK, block=name)
