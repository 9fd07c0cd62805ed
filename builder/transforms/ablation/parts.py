"""Which parts a network has, and the network without them."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from builder.network.architecture import Architecture
from builder.network.inference import Inference, infer
from builder.network.issues import Issue
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.taking_out import take_out

_TITLE_LENGTH = 80


@dataclass(frozen=True)
class Part:
    """Something that can be taken out of a network.

    Attributes:
        kind: What it is.
        nodes: The ids of the nodes that hold it, in the order of the stack.
        architecture: The network without it.
        params: How many parameters the network would have more; negative for fewer.
        macs: Likewise for multiply-accumulates.
        shapes_stay: Whether every node that is left gives the shape that it gave before.
        problems: What would keep the network from being built; empty nearly always.
    """

    kind: PartKind
    nodes: tuple[str, ...]
    architecture: Architecture
    params: int
    macs: int
    shapes_stay: bool
    problems: tuple[Issue, ...]


def parts(architecture: Architecture) -> tuple[Part, ...]:
    """What can be taken out of a network, one entry for each kind that it has.

    `part.nodes` tells where it stands: `without(architecture, part.kind, [node])` takes it out at
    one of these only.
    """
    found = (part(architecture, kind) for kind in PartKind)
    return tuple(each for each in found if each is not None)


def part(
    architecture: Architecture, kind: PartKind, nodes: Collection[str] | None = None
) -> Part | None:
    """What taking out one kind of part would change; None where the network has none.

    Args:
        architecture: The network.
        kind: What is taken out.
        nodes: The ids of the nodes to look at; None for all.
    """
    changed = without(architecture, kind, nodes)
    if changed is architecture:
        return None
    before, after = infer(architecture), infer(changed)
    holding = _differing(architecture, changed) if nodes is None else tuple(nodes)
    return Part(
        kind=kind,
        nodes=holding,
        architecture=changed,
        params=after.total_params - before.total_params,
        macs=after.macs - before.macs,
        shapes_stay=_shapes_stay(before, after),
        problems=after.errors if before.ok else (),
    )


def without(
    architecture: Architecture, kind: PartKind, nodes: Collection[str] | None = None
) -> Architecture:
    """The network without the parts of one kind.

    Works on loose layers, built-in modules and own blocks, at any depth. A projection goes with its
    shortcut; the bias of the layer in front of a normalization comes back; RandomCrop becomes a
    CenterCrop, so that sizes stay. What is left of a module is an own block whose name says what it
    lacks.

    Args:
        architecture: A network, also a broken one.
        kind: What is taken out.
        nodes: The ids of the nodes to look at: the merge of a shortcut or gate, the layer itself of
            anything else, or a module that holds some; None for all.

    Returns:
        The architecture itself where there is nothing to take out.
    """
    changed = take_out(architecture, kind, nodes)
    if changed is architecture:
        return architecture
    title = f"{architecture.name} {kind.change}"
    return replace(changed, name=title if len(title) <= _TITLE_LENGTH else architecture.name)


def _differing(before: Architecture, after: Architecture) -> tuple[str, ...]:
    """The nodes that are gone, or hold another block."""
    return tuple(
        node.id
        for node in before
        if node.id not in after or after.by_id[node.id].block != node.block
    )


def _shapes_stay(before: Inference, after: Inference) -> bool:
    return all(
        known.output_shape == before.nodes[node_id].output_shape
        for node_id, known in after.nodes.items()
        if node_id in before.nodes
    )
