"""Factors by the names that a person types: `conv2d_1.filters=16,32,64`, `without.dropout`."""

from functools import lru_cache
from typing import Any

from builder.network.architecture import Architecture
from builder.studies.cells import Cell
from builder.studies.factor import Factor
from builder.studies.factors import (
    BlockChoice,
    NodeParameter,
    Repeats,
    ScalingFactor,
    Setting,
    Without,
)
from builder.studies.ranges import read_levels
from builder.system.errors import EditError, shown
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import Part, part

SCALING = "scaling"
WITHOUT = "without"
MAX_LENGTH = 2_000
"""Characters of a factor with its levels."""
MAX_NAME = 80
"""Characters of a variant's name."""
_LEAST_OF_NETWORK = 20


def variant_name(network: str, title: str, joint: str = " ") -> str:
    """Names the network of a variant: `lenet5 without dropout`.

    Where that is too long the name of the network is cut, since the title tells variants apart.

    Args:
        network: The name of the base's network.
        title: What a person calls the variant.
        joint: What stands between the two.
    """
    room = max(MAX_NAME - len(joint) - len(title), _LEAST_OF_NETWORK)
    return _cut(f"{_cut(network, room)}{joint}{title}", MAX_NAME)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def read_factor(text: str, architecture: Architecture) -> Factor:
    """Reads a factor with its levels.

        conv2d_1.filters=16,32,64        a parameter of a node, by its name or id
        residual_block_2.repeat=1..4     how often a block is repeated
        conv2d_1.block=Conv2D,SeparableConv2D
        learning_rate=log:1e-4..1e-2     a setting of the training; optimizer.momentum too
        scaling.depth=1,2,3              how far the network is scaled
        without.shortcut                 a part that is there or not
        without.shortcut@residual_block_2  the same in one node; several are joined by +
        conv_1+conv_2.cell=3             a cell of three steps in their place, for a search

    Raises:
        EditError: The text names no factor of this network.
        ParameterError: The factor refuses the levels.
    """
    if len(text) > MAX_LENGTH:
        raise EditError(
            f"received {shown(text)}, {len(text):,} characters, expected at most {MAX_LENGTH:,}",
            "write many levels as a range, such as 16..64:4",
        )
    name, sign, levels = text.partition("=")
    name = name.strip()
    first, _, last = name.partition(".")
    if first == WITHOUT:
        return read_part(architecture, last)
    if not sign:
        raise EditError(
            f"received {shown(text)}, expected a name and levels, such as conv2d_1.filters=16,32,64"
        )
    if first == SCALING:
        return ScalingFactor.create({"factor": last, "levels": read_levels(levels)})
    if first in {parameter.name for parameter in TrainingSettings.parameters()}:
        return Setting.create({"setting": name, "levels": read_levels(levels)})
    if last == "cell":
        nodes = [node_called(architecture, each) for each in first.split("+")]
        return Cell.create({"nodes": nodes, "steps": _only_level(levels)})
    node = node_called(architecture, first)
    if last == "repeat":
        return Repeats.create({"node": node, "levels": read_levels(levels)})
    if last == "block":
        return BlockChoice.create({"node": node, "blocks": read_levels(levels)})
    return NodeParameter.create({"node": node, "parameter": last, "levels": read_levels(levels)})


def _only_level(text: str) -> Any:
    """The one level that is given; all of them, to be refused, where there are several."""
    levels = read_levels(text)
    return levels[0] if isinstance(levels, tuple) and len(levels) == 1 else text


def read_part(architecture: Architecture, text: str) -> Without:
    """Reads a part that is there or not: `shortcut`, or `shortcut@residual_block_2`.

    Raises:
        EditError: It is nothing of the kind.
    """
    kind, sign, where = text.partition("@")
    known = [one.value for one in PartKind]
    if kind not in known:
        raise EditError(f"received {shown(kind)}, expected one of {', '.join(known)}")
    nodes = [node_called(architecture, each) for each in where.split("+")] if sign else []
    return Without.create({"part": kind, "nodes": nodes})


@lru_cache(maxsize=256)
def part_at(architecture: Architecture, text: str) -> Part | None:
    """What taking a part out of single nodes changes, written such as `shortcut@residual_block_2`.

    None where it is not there, cannot be taken out alone, or is written in another way.
    """
    try:
        factor = read_part(architecture, text)
    except EditError:
        return None
    found = part(architecture, factor.part, factor.nodes) if factor.nodes else None
    return None if found is None or found.problems else found


def node_called(architecture: Architecture, name: str) -> str:
    """The id of the node that has an id, else of the one that has a name.

    The pages write ids, and a file may give one node another one's id as its name.

    Raises:
        EditError: There is none.
    """
    if name in architecture:
        return name
    named = next((node.id for node in architecture if node.name == name), None)
    if named is None:
        known = ", ".join(node.label for node in architecture.nodes[:12])
        raise EditError(
            f"received {shown(name)}, which is neither a node of the network nor a setting",
            f"its nodes are {known}" + (" …" if len(architecture.nodes) > 12 else ""),
        )
    return named
