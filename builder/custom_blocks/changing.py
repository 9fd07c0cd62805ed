"""Changing an own block everywhere: its nodes in an architecture, and inside other own blocks.

    pair = two convolutions, filters 8            the new pair = three, filters 16
    pair_1  filters 8   (the usual value)    →    filters 16  (follows the new usual value)
    pair_2  filters 32  (a value of its own) →    filters 32  (stays)
    outer   holds a pair, sets its filters   →    holds the new pair, sets its filters still

A block is changed from the inside out; each definition once, however often it is used
(docs/decisions/0025-editing-own-blocks.md).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from builder.network.architecture import Architecture, Node
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
        follows: What it had as the usual value, and what is the new usual one.
        lost: Values of its own whose parameters are gone.
        refused: Values of its own that the new content does not take; the usual ones replace them.
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
        places: The nodes whose block is one of those that were given anew, in the order of the
            stack; those inside an own block once, however often it is used.
        gone: Pairs of another own block that holds one of them and of its parameter that set
            nothing any more, and so is gone.
    """

    architecture: Architecture
    places: tuple[Place, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()


def change_blocks(architecture: Architecture, definitions: Iterable[Definition]) -> Change:
    """Gives all nodes of own blocks new content, also inside other own blocks.

    A node keeps the values that are its own, where the parameter is still there and takes them.
    One that has the usual value gets the new usual one.

    Args:
        architecture: What is edited.
        definitions: The new content of the blocks of their names; those that the architecture does
            not hold, and those that are the same already, change nothing.

    Raises:
        EditError: A block would take another number of inputs than where it stands, or a block
            that holds one would hold too much.
    """
    new = {definition.name: definition for definition in definitions}
    work = _Change(lambda old: new.get(old.name))
    changed = replace(architecture, nodes=tuple(work.node(node) for node in architecture))
    return Change(changed, tuple(work.places), tuple(work.gone))


def redefine(architecture: Architecture, definition: Definition) -> Architecture:
    """Gives all nodes of one own block a new content.

    Raises:
        EditError: As for `change_blocks`; or there is no block of that name.
    """
    _check_known(architecture, definition.name)
    return change_blocks(architecture, [definition]).architecture


def rename_block(architecture: Architecture, old: str, new: str) -> Architecture:
    """Gives an own block another name, everywhere in an architecture.

    Raises:
        EditError: There is no such block, or the new name is taken or no name.
    """
    _check_known(architecture, old)
    check_name(new)
    if any(own.name == new for own in definitions_in(architecture)):
        raise EditError(f"the name {new!r} is taken", "choose another one")
    work = _Change(lambda own: replace(own, name=new) if own.name == old else None)
    return replace(architecture, nodes=tuple(work.node(node) for node in architecture))


@dataclass
class _Change:
    """One pass over an architecture; `new` gives a block's new content, None where it has none."""

    new: Callable[[Definition], Definition | None]
    places: list[Place] = field(default_factory=list[Place])
    gone: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _known: dict[Definition, Definition] = field(default_factory=dict[Definition, Definition])

    def node(self, node: Node, inside: str = "", fixed: frozenset[str] = frozenset()) -> Node:
        """The node with its block, and the blocks in it, changed."""
        block = node.block
        if not isinstance(block, OwnBlock):
            return node
        old, new = block.definition, self._changed(block.definition)
        if new == old:
            return node
        if len(new.tensors) != len(old.tensors):
            raise EditError(
                f"{old.name} takes {len(old.tensors)} inputs here, the new one {len(new.tensors)}",
                "give the new one another name",
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
        """A block that is not changed itself, with those changed that it holds."""
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
    """A block's parameters as far as its changed nodes have, and take, what they set."""
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
    """A block with the values of an old one, as far as it takes them, and what became of each.

    Args:
        old: The block.
        new: The type that takes its place.
        fixed: The parameters that the block around it sets: they keep their values.
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
        raise EditError(f"this network has no block named {name!r}")
