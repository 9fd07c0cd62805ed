"""What a template is, and how a stack of blocks becomes an architecture."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from builder.architecture import Architecture
from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.edits import add, repeat


@dataclass(frozen=True)
class Template:
    """A finished architecture of the gallery.

    Attributes:
        name: As the command line takes it.
        title: As the gallery shows it.
        lesson: One sentence on what it taught the field, or what it is good for.
        reference: Where it comes from.
        total_params: The published number of parameters, moving statistics included.
        build: Makes the architecture.
    """

    name: str
    title: str
    lesson: str
    reference: str
    total_params: int
    build: Callable[[], Architecture]

    @cached_property
    def architecture(self) -> Architecture:
        """The architecture, made once."""
        return self.build()


def block(name: str, *positional: object, **parameters: object) -> Block:
    """Makes a block of the catalogue, taking arguments as Keras does."""
    cls = block_type(name)
    names = [parameter.name for parameter in cls.parameters() if parameter.positional]
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
