"""Own blocks for what is left of modules: one block with parameters for similar ones.

At first each module without a part is a block of its own, with all numbers written out:

    a = basic_block_without_shortcut   Conv2D(64) … Conv2D(64)
    b = basic_block_without_shortcut   Conv2D(128) … Conv2D(128)

The two differ in numbers only. So they become one block, with a parameter for each number that
differs, as a person would write it: `basic_block_without_shortcut(inputs, filters=64)`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from builder.blocks.base import Block
from builder.blocks.catalogue import catalogue
from builder.blocks.module import Module
from builder.network.architecture import Architecture, Node
from builder.network.naming import unique
from builder.network.own_block import REPEAT, Definition, Exposed, OwnBlock, definitions_in
from builder.network.own_block_checks import MAX_EXPOSED, settable
from builder.network.own_block_type import own_block
from builder.network.script_names import means_something
from builder.transforms.ablation.kinds import PartKind

_Key = tuple[object, ...]
_Target = tuple[str, str]


@dataclass(frozen=True)
class Made:
    """A block that replaces a module without one of its parts.

    Attributes:
        definition: Its content, without parameters.
        origin: The module.
        kind: What was taken out.
    """

    definition: Definition
    origin: Module
    kind: PartKind


def shared(architecture: Architecture, made: Mapping[Definition, Made]) -> Architecture:
    """Merges blocks that differ in numbers only into one block with parameters.

    Args:
        architecture: The network.
        made: The blocks that may be changed; others stay as they are.
    """
    work = _Sharing(architecture, made)
    return replace(architecture, nodes=tuple(work.node(node) for node in architecture))


class _Sharing:
    def __init__(self, architecture: Architecture, made: Mapping[Definition, Made]) -> None:
        definitions = definitions_in(architecture)
        self._made = {own: made[own] for own in definitions if own in made}
        self._keys: dict[Definition, _Key] = {}
        self._blocks: dict[Definition, OwnBlock] = {}
        self._taken = {own.name for own in definitions if own not in self._made} | {*catalogue()}
        groups: dict[_Key, list[Made]] = defaultdict(list)
        for own, each in self._made.items():
            groups[self._key(own)].append(each)
        for alike in groups.values():  # inner blocks first
            self._join(alike)

    def node(self, node: Node) -> Node:
        """A node with the shared block instead of its own."""
        if isinstance(node.block, OwnBlock) and node.block.definition in self._blocks:
            return replace(node, block=self._blocks[node.block.definition])
        return node

    def _key(self, own: Definition) -> _Key:
        """A key that is equal for blocks that differ in numbers only."""
        if own not in self._keys:
            nodes = tuple((node.id, node.inputs, self._kind(node.block)) for node in own.nodes)
            self._keys[own] = (own.name, own.tensors, own.output, nodes)
        return self._keys[own]

    def _kind(self, block: Block) -> object:
        if isinstance(block, OwnBlock) and block.definition in self._made:
            return self._key(block.definition)
        return type(block)

    def _join(self, alike: Sequence[Made]) -> None:
        members = [tuple(self.node(node) for node in each.definition.nodes) for each in alike]
        exposed = _exposed(members, alike)
        if len(exposed) > MAX_EXPOSED:
            for each in alike:
                self._define([each], [self._content(each)], ())
        else:
            self._define(alike, members, exposed)

    def _content(self, each: Made) -> tuple[Node, ...]:
        return tuple(self.node(node) for node in each.definition.nodes)

    def _define(
        self,
        alike: Sequence[Made],
        members: Sequence[tuple[Node, ...]],
        exposed: Sequence[Exposed],
    ) -> None:
        first = alike[0]
        name = unique(first.definition.name, self._taken)
        self._taken.add(name)
        summary = f"{first.origin.type_name()} {first.kind.change}."
        content = replace(
            first.definition,
            name=name,
            nodes=members[0],
            parameters=tuple(exposed),
            summary=summary,
        )
        block = own_block(content)
        for each, nodes in zip(alike, members, strict=True):
            values = {one.name: _value(nodes, one.targets[0]) for one in exposed}
            made = block.create(values)
            assert isinstance(made, OwnBlock)
            self._blocks[each.definition] = made


def _value(nodes: Iterable[Node], target: _Target) -> Any:
    node_id, parameter = target
    node = next(node for node in nodes if node.id == node_id)
    return node.repeat if parameter == REPEAT else getattr(node.block, parameter)


def _exposed(members: Sequence[tuple[Node, ...]], alike: Sequence[Made]) -> list[Exposed]:
    """The parameters for what differs: one for all numbers that differ in the same way."""
    found: dict[tuple[str, tuple[Any, ...]], list[_Target]] = {}
    for place, node in enumerate(members[0]):
        for name in _names(node):
            values = tuple(_value((nodes[place],), (node.id, name)) for nodes in members)
            if any(value != values[0] for value in values):
                found.setdefault((name, values), []).append((node.id, name))
    origins = _origins(alike)
    taken = {*alike[0].definition.tensors, *(n.block.type_name() for n in members[0])}
    result: list[Exposed] = []
    for (name, values), targets in found.items():
        chosen = _named(origins.get(values, ()), "repeats" if name == REPEAT else name, taken)
        taken.add(chosen)
        result.append(Exposed(chosen, tuple(targets)))
    return result


def _names(node: Node) -> list[str]:
    """What can be set in a node, in the order of its block's declaration."""
    can = settable(node)
    own = [parameter.name for parameter in node.block.parameters() if parameter.name in can]
    return own if REPEAT in own or REPEAT not in can else [*own, REPEAT]


def _origins(alike: Sequence[Made]) -> dict[tuple[Any, ...], tuple[str, ...]]:
    """The parameters of the original module, by the values that they had."""
    if len({type(each.origin) for each in alike}) > 1:
        return {}
    found: dict[tuple[Any, ...], tuple[str, ...]] = {}
    for parameter in alike[0].origin.parameters():
        values = tuple(getattr(each.origin, parameter.name) for each in alike)
        found[values] = (*found.get(values, ()), parameter.name)
    return found


def _named(origins: Sequence[str], name: str, taken: Collection[str]) -> str:
    """The original module's name for a parameter, otherwise the layer's."""
    names = [name, *origins] if name in origins else [*origins, name]
    for each in names:
        free = each not in taken and not means_something(each) and not hasattr(OwnBlock, each)
        if free:
            return each
    return unique(f"{name}_value" if means_something(name) else name, {*taken, *dir(OwnBlock)})
