"""The names of the layers in Keras: those that a person gave, and automatic ones.

In Keras, every name in a model is unique. An unnamed layer gets its class in snake case, with a
number that keeps counting while Python runs: `conv2d`, `conv2d_1`, ….
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from builder.blocks.base import Layer, snake_case
from builder.network.architecture import Node
from builder.network.issues import IssueCode
from builder.system.errors import Problem

if TYPE_CHECKING:
    from builder.network.inference import Inference


def keras_names(node: Node) -> tuple[str, ...]:
    """The names that an exported script gives to a node's layers; a module's stay unnamed."""
    if not node.name or not isinstance(node.block, Layer):
        return ()
    if node.repeat == 1:
        return (node.name,)
    return tuple(f"{node.name}_{number}" for number in range(1, node.repeat + 1))


def clashes(
    nodes: Iterable[Node], unnamed: Iterable[type[Layer]]
) -> Iterator[tuple[Node, Problem]]:
    """Names that would clash with another one in the same model: the node, and what is wrong.

    Args:
        nodes: All nodes, in the order in which they are made.
        unnamed: The types of the layers that Keras names automatically.
    """
    automatic = {snake_case(layer.class_name()): layer for layer in unnamed}
    owners: dict[str, Node] = {}
    for node in nodes:
        if not node.name:
            continue
        names = keras_names(node) or (node.name,)
        taken = next((name for name in names if name in owners), None)
        given = automatic.get(_stem(names[0])) if keras_names(node) else None
        if taken is not None:
            yield node, _taken(node, taken, owners[taken])
        elif given is not None:
            fields = {"name": names[0], "layer": given.type_name()}
            yield node, Problem(IssueCode.NAME_OF_KERAS, fields)
        for name in names:
            owners.setdefault(name, node)


def _taken(node: Node, name: str, owner: Node) -> Problem:
    if name == node.name == owner.name:
        return Problem(IssueCode.NAME_TAKEN, {"name": name})
    return Problem(IssueCode.LAYER_NAME_TAKEN, {"name": name, "owner": owner.label})


def _stem(name: str) -> str:
    """The name without a trailing number, which Keras counts from."""
    return re.sub(r"_\d+$", "", name)


def unique(name: str, taken: Collection[str]) -> str:
    """The name itself, or with the first free number appended: `conv2d_3`, `filters_2`."""
    if name not in taken:
        return name
    stem = _stem(name)
    return next(free for k in count(2) if (free := f"{stem}_{k}") not in taken)


def layer_names(known: "Inference") -> dict[str, tuple[str, ...]]:
    """The names that Keras gives the layers of each node, in the order of its layers.

    Keras counts the unnamed layers of a class, in the order in which they are made: `conv2d`,
    `conv2d_1` …

    Args:
        known: A network without errors.

    Returns:
        The names by the node's id, for used nodes only.
    """
    names: dict[str, tuple[str, ...]] = {}
    made: Counter[str] = Counter()
    for inferred in known.used:
        own = list(keras_names(inferred.node))
        given: list[str] = []
        for call in inferred.layers:
            stem = snake_case(call.facts.layer.class_name())
            number = made[stem]
            made[stem] += not own
            automatic = f"{stem}_{number}" if number else stem
            given.append(own.pop(0) if own else automatic)
        names[inferred.node.id] = tuple(given)
    return names
