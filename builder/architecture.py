"""An architecture: a frozen value that every edit replaces.

Nodes are kept in the order of the stack, and each names its inputs in order. Nothing here demands
that the network makes sense: a half-drawn graph is an ordinary value, and inference says what is
wrong with it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from builder.blocks.base import Block
from builder.errors import FormatError, shown

MAX_NODES = 2_000
MAX_REPEAT = 200
MAX_INPUTS = 64
MAX_NAME = 64
"""Letters of a node's id or name."""
_TITLE_LENGTH = 80
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Node:
    """A block placed in an architecture.

    Attributes:
        id: Unique in the architecture, never changes; automatic, such as `conv2d_1`.
        block: What it does, with its parameters.
        inputs: The ids of the nodes that it reads, in order.
        name: The person's own name, a Python identifier; empty where none was given.
        repeat: How many times the block is applied in a row.
    """

    id: str
    block: Block
    inputs: tuple[str, ...] = ()
    name: str = ""
    repeat: int = 1

    @property
    def label(self) -> str:
        """The name that a person sees: the own one, else the id."""
        return self.name or self.id


@dataclass(frozen=True)
class Architecture:
    """A network as a value.

    Attributes:
        name: The title that a person gave.
        nodes: In the order of the stack.
        outputs: The ids of the output nodes; empty means the last node of the stack.
    """

    name: str = "untitled"
    nodes: tuple[Node, ...] = ()
    outputs: tuple[str, ...] = field(default=())

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self.by_id

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        """For each node, the ids of the nodes that read it, in the order of the stack."""
        readers: dict[str, list[str]] = {node.id: [] for node in self.nodes}
        for node in self.nodes:
            for source in dict.fromkeys(node.inputs):
                readers.setdefault(source, []).append(node.id)
        return {source: tuple(found) for source, found in readers.items()}

    @property
    def output_ids(self) -> tuple[str, ...]:
        """The ids of the nodes whose outputs are the network's own."""
        if self.outputs:
            return self.outputs
        return (self.nodes[-1].id,) if self.nodes else ()

    def index(self, node_id: str) -> int:
        """The node's place in the stack."""
        return next(i for i, node in enumerate(self.nodes) if node.id == node_id)

    def with_nodes(self, nodes: Iterator[Node] | tuple[Node, ...] | list[Node]) -> "Architecture":
        """The same architecture with other nodes; outputs that are gone are dropped."""
        kept = tuple(nodes)
        ids = {node.id for node in kept}
        outputs = tuple(output for output in self.outputs if output in ids)
        return replace(self, nodes=kept, outputs=outputs)


def is_identifier(value: Any) -> bool:
    """Whether a value may be a node's id or name: a Python identifier of at most 64 letters."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def title(value: Any) -> str:
    """Checks an architecture's name.

    Raises:
        FormatError: It is not a text of 1 to 80 printable characters.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > _TITLE_LENGTH:
        raise FormatError(
            f"name: received {shown(value)}, expected a text of 1 to {_TITLE_LENGTH} characters"
        )
    if not value.isprintable():
        raise FormatError(f"name: received {shown(value)}, expected printable characters only")
    return value.strip()
