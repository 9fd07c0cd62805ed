"""A template, and how a stack of blocks becomes an architecture."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.network.architecture import Architecture, Node
from builder.network.edits import add, new_id, repeat


@dataclass(frozen=True)
class Template:
    """A finished architecture of the gallery.

    Attributes:
        name: Its name on the command line.
        title: Its title in the gallery.
        lesson: One sentence on what it taught the field or what it is good for.
        reference: Where it comes from.
        total_params: The number of parameters, moving statistics included.
        build: Makes the architecture.
        trainable_params: The number of trainable parameters, if that is the published number.
        variant: How it differs from the paper, or which version it is; may be empty.
    """

    name: str
    title: str
    lesson: str
    reference: str
    total_params: int
    build: Callable[[], Architecture]
    trainable_params: int | None = None
    variant: str = ""

    @cached_property
    def architecture(self) -> Architecture:
        """The architecture, made once."""
        return self.build()


def block(name: str, *positional: object, **parameters: object) -> Block:
    """Makes a block of the catalogue with arguments as in Keras."""
    cls = block_type(name)
    names = [parameter.name for parameter in cls.parameters() if parameter.positional]
    if len(positional) > len(names):
        raise TypeError(f"{name} takes {len(names)} arguments by position, received {positional}")
    return cls.create(dict(zip(names, positional, strict=False)) | parameters)


def stack(name: str, *blocks: Block | tuple[Block, int]) -> Architecture:
    """Chains blocks, each reading the one before; `(block, n)` repeats a block n times."""
    architecture = Architecture(name)
    for item in blocks:
        made, times = item if isinstance(item, tuple) else (item, 1)
        architecture = add(architecture, made)
        if times > 1:
            architecture = repeat(architecture, architecture.nodes[-1].id, times)
    return architecture


class Drawing:
    """An architecture that grows node by node, each reading the nodes that it names.

    Args:
        name: The architecture's name.
    """

    def __init__(self, name: str) -> None:
        self.architecture = Architecture(name)

    def place(self, made: Block, *sources: str, name: str = "", times: int = 1) -> str:
        """Adds a node at the end and returns its id.

        Args:
            made: The node's block.
            sources: The ids of the nodes that it reads, in order; by default the node before it.
            name: The name that the paper uses; may be empty.
            times: How often the block is repeated.
        """
        nodes = self.architecture.nodes
        if not sources and nodes and made.max_inputs != 0:
            sources = (nodes[-1].id,)
        node = Node(new_id(self.architecture, made), made, sources, name, times)
        self.architecture = self.architecture.with_nodes([*nodes, node])
        return node.id
