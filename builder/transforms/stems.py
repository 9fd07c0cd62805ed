"""The first and the last blocks of a network that choose a number of channels: stems and heads.

Scaling treats them specially: a stem reads the image at its full size, and the width of a head is
that of the network's output.
"""

from builder.blocks.base import Block
from builder.blocks.parameter import Role
from builder.network.architecture import Architecture
from builder.network.inference import Inference
from builder.network.own_block import OwnBlock


def values_of(block: Block, role: Role) -> tuple[int, ...]:
    """The values of a block's parameters with a role, apart from None."""
    values = (getattr(block, p.name) for p in block.parameters() if p.role is role)
    return tuple(value for value in values if value is not None)


def has_role(block: Block, role: Role) -> bool:
    """Whether a block has a parameter with a role."""
    return any(parameter.role is role for parameter in block.parameters())


def chooses_width(block: Block) -> bool:
    """Whether a block chooses the number of its output channels."""
    if values_of(block, Role.WIDTH):
        return True
    inner = block.definition.nodes if isinstance(block, OwnBlock) else ()
    return any(chooses_width(node.block) for node in inner)


def stems(inference: Inference) -> frozenset[str]:
    """The first nodes on each path from an input that choose a width."""
    untouched: set[str] = set()
    found: set[str] = set()
    for node_id, known in inference.nodes.items():
        if not untouched.issuperset(known.node.inputs):
            continue
        (found if chooses_width(known.node.block) else untouched).add(node_id)
    return frozenset(found)


def heads(architecture: Architecture) -> frozenset[str]:
    """The last nodes on each path to an output that choose a width, which is the output's."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(architecture.output_ids)
    while waiting:
        node_id = waiting.pop()
        if node_id in seen or node_id not in architecture:
            continue
        seen.add(node_id)
        node = architecture.by_id[node_id]
        if chooses_width(node.block):
            found.add(node_id)
        else:
            waiting += node.inputs
    return frozenset(found)
