"""The nodes that a node may read, as the inspector shows them."""

from dataclasses import dataclass
from functools import lru_cache

from builder.network import connections
from builder.network.architecture import Architecture
from builder.network.inference import infer
from components.shell import format as fmt


@dataclass(frozen=True)
class Candidate:
    """A node that a reader may be connected to.

    Attributes:
        node: Its id.
        label: Its name and its shape, as shown.
        misfit: Why its shape does not fit; empty where it does.
    """

    node: str
    label: str
    misfit: str


@lru_cache(maxsize=256)
def candidates(
    architecture: Architecture, reader: str, kept: tuple[str, ...]
) -> tuple[Candidate, ...]:
    """The nodes that a reader may read, the best first; see `connections.candidates`."""
    shapes = {node.node.id: node.output_shape for node in infer(architecture).nodes.values()}
    return tuple(
        Candidate(
            found.node,
            f"{architecture.by_id[found.node].label}  {fmt.shape(shapes[found.node])}",
            found.misfit,
        )
        for found in connections.candidates(architecture, shapes, reader, kept)
    )
