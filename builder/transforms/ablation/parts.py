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
        params: The change in the number of parameters; negative where there are fewer.
        macs: The change in multiply-accumulates.
        shapes_stay: Whether all remaining nodes keep their output shapes.
        problems: The errors that the changed network would have; nearly always empty.
    """

    kind: PartKind
    nodes: tuple[str, ...]
    architecture: Architecture
    params: int
    macs: int
    shapes_stay: bool
    problems: tuple[Issue, ...]


def parts(architecture: Architecture) -> tuple[Part, ...]:
    """Lists the parts that can be taken out of a network, one entry for each kind.

    `part.nodes` says where they are; `without(architecture, part.kind, [node])` takes the part out
    of a single node.
    """
    found = (part(architecture, kind) for kind in PartKind)
    return tuple(each for each in found if each is not None)


def part(
    architecture: Architecture, kind: PartKind, nodes: Collection[str] | None = None
) -> Part | None:
    """Returns what taking out one kind of part would change; None where the network has none.

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

    Works on loose layers, built-in modules and own blocks, at any depth. A projection is removed
    with its shortcut, the layer before a removed normalization gets its bias back, and RandomCrop
    becomes CenterCrop, so that sizes stay the same. What is left of a module becomes an own block
    whose name says what was taken out.

    Args:
        architecture: A network; it may be broken.
        kind: What is taken out.
        nodes: The ids of the nodes to look at: the merge of a shortcut or gate, otherwise the layer
            itself, or a module that contains some; None for all.

    Returns:
        The architecture itself if there is nothing to take out.
    """
    changed = take_out(architecture, kind, nodes)
    if changed is architecture:
        return architecture
    title = f"{architecture.name} {kind.change}"
    return replace(changed, name=title if len(title) <= _TITLE_LENGTH else architecture.name)


def _differing(before: Architecture, after: Architecture) -> tuple[str, ...]:
    """The nodes that were removed or whose block has changed."""
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
