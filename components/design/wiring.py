"""Which nodes a node may read, and which of them fit: for the inspector's choice of inputs."""

from dataclasses import dataclass
from functools import lru_cache

from builder.blocks.base import Block
from builder.blocks.symbolic import trace
from builder.blocks.types import Shape
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.system.errors import ShapeError
from components.shell import format as fmt


@dataclass(frozen=True)
class Candidate:
    """A node that another one may read.

    Attributes:
        node: Its id.
        label: Its name and its shape, as shown.
        fits: Whether the reader accepts its shape beside the inputs that it keeps.
        same: Whether its shape is that of the first input that is kept.
    """

    node: str
    label: str
    fits: bool
    same: bool


@lru_cache(maxsize=256)
def candidates(
    architecture: Architecture, reader: str, kept: tuple[str, ...]
) -> tuple[Candidate, ...]:
    """The nodes above a reader: what fits first, then what is nearest.

    Args:
        architecture: The network.
        reader: The id of the node that reads.
        kept: The ids of the inputs that it keeps; they are not offered again.
    """
    nodes = infer(architecture).nodes
    block = architecture.by_id[reader].block
    shapes = tuple(nodes[source].output_shape for source in kept if source in nodes)
    above = architecture.nodes[: architecture.index(reader)]
    found: list[Candidate] = []
    for node in reversed(above):
        if node.id in kept:
            continue
        shape = nodes[node.id].output_shape
        label = f"{node.label}  {fmt.shape(shape)}"
        found.append(Candidate(node.id, label, _fits(block, (*shapes, shape)), shape in shapes[:1]))
    return tuple(sorted(found, key=lambda candidate: (not candidate.fits, not candidate.same)))


def _fits(block: Block, shapes: tuple[Shape | None, ...]) -> bool:
    known = tuple(shape for shape in shapes if shape is not None)
    if len(known) < len(shapes):
        return False
    try:
        trace(block, known)
    except ShapeError:
        return False
    return True
