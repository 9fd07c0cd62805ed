"""Which parameters of some nodes a block made of them could expose."""

from collections.abc import Collection, Iterable
from typing import Any

from builder.blocks.parameter import Role
from builder.network.architecture import Architecture, Node
from builder.network.naming import unique
from builder.network.own_block import REPEAT, Exposed


def candidates(architecture: Architecture, node_ids: Collection[str]) -> tuple[Exposed, ...]:
    """The parameters of nodes that could be exposed; those of the same name and value are joined.

    Those that shape the network come first: numbers of filters and units, repetitions. Names that
    occur several times are numbered.
    """
    found: dict[tuple[str, Any], list[tuple[str, str]]] = {}
    roles: dict[tuple[str, Any], bool] = {}
    for node in architecture:
        if node.id not in node_ids:
            continue
        for name, value, shapes in _values(node):
            found.setdefault((name, value), []).append((node.id, name))
            roles[name, value] = roles.get((name, value), False) or shapes
    ranked = sorted(found, key=lambda key: not roles[key])
    result: list[Exposed] = []
    taken: set[str] = set()
    for name, value in ranked:
        named = unique("repeats" if name == REPEAT else name, taken)
        taken.add(named)
        result.append(Exposed(named, tuple(found[name, value])))
    return tuple(result)


def _values(node: Node) -> Iterable[tuple[str, Any, bool]]:
    """A node's parameters: name, value, and whether it shapes the network."""
    for parameter in node.block.parameters():
        if parameter.name == REPEAT:  # an own block's; as a target it would mean the node's
            continue
        shapes = parameter.role in (Role.WIDTH, Role.DEPTH)
        yield parameter.name, getattr(node.block, parameter.name), shapes
    if node.repeat > 1:
        yield REPEAT, node.repeat, True
