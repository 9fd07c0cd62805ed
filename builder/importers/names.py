"""Tells which names in a model a person gave, and which ones a node can keep."""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import takewhile

from builder.blocks.base import Layer
from builder.blocks.layers import LAYERS
from builder.network.architecture import Node, is_identifier
from builder.network.naming import clashes

AUTOMATIC = frozenset(
    {layer.prefix() for layer in LAYERS.values()}
    | {"functional", "input", "input_layer", "model", "sequential"}
)
"""The names that Keras gives automatically, without the trailing number."""


def is_automatic(name: str) -> bool:
    """Whether Keras may have given a name automatically: `conv2d_3`."""
    return re.sub(r"_\d+$", "", name) in AUTOMATIC


def chosen_names(nodes: Iterable[Node], names: Mapping[str, str]) -> dict[str, str]:
    """The names that nodes keep: given by a person, usable here, and free.

    Args:
        nodes: All nodes, without names.
        names: For each node's id, the name in the file, with the names of inner models before a
            `/`.
    """
    nodes = tuple(nodes)
    ids = {node.id for node in nodes}
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for node in nodes:
        full = names.get(node.id, "")
        last = full.rpartition("/")[2]
        free = [n for n in (last, full.replace("/", "_")) if _is_free(n, taken, ids)]
        if free and not is_automatic(last):
            chosen[node.id] = free[0]
            taken.add(free[0])
    named = [Node(n.id, n.block, n.inputs, chosen.get(n.id, "")) for n in nodes]
    unnamed = {
        type(node.block) for node in named if isinstance(node.block, Layer) and not node.name
    }
    for node, _ in clashes(named, unnamed):
        chosen.pop(node.id, None)
    return chosen


def common_name(names: Iterable[str], taken: Collection[str]) -> str:
    """The common start of several names up to a `_`; empty where it is no valid name or taken."""
    given = [name for name in names if name]
    if len(given) < 2:
        return ""
    letters = zip(*(f"{name}_" for name in given), strict=False)
    alike = takewhile(lambda letter: len(set(letter)) == 1, letters)
    shared = "".join(letter[0] for letter in alike).rpartition("_")[0].rstrip("_")
    return shared if _is_free(shared, taken, ()) and not is_automatic(shared) else ""


def _is_free(name: str, taken: Collection[str], ids: Collection[str]) -> bool:
    return is_identifier(name) and name not in taken and name not in ids
