"""The blocks that stand for a layer of a file, and how they read each other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.blocks.types import Shape
from builder.importers.reasons import Reason
from builder.system.errors import BuilderError, Problem

Shapes = Sequence[Shape | None]
"""The input shapes of a layer; None where one is not known."""


class CannotMapError(BuilderError):
    """No block does what the layer does.

    Args:
        reason: What is in the way.
        fields: What its clause tells besides, by name.
    """

    def __init__(self, reason: Reason, /, **fields: Any) -> None:
        super().__init__(reason, **fields)
        self.reason = reason


class Piece(NamedTuple):
    """A block that stands for a layer, or for a part of it.

    Attributes:
        block: The block.
        inputs: What it reads: an index into the pieces, or `-1 - k` for the layer's input k.
    """

    block: Block
    inputs: tuple[int, ...]


class Mapped(NamedTuple):
    """What stands for a layer.

    Attributes:
        pieces: Blocks, the last of which gives the output; none where the layer changes nothing.
        reasons: How they differ from it.
    """

    pieces: tuple[Piece, ...]
    reasons: tuple[Problem, ...] = ()


class Pieces(list[Piece]):
    """A growing list of pieces; each is added after those that it reads."""

    def add(self, name: str, *inputs: int, **values: Any) -> int:
        """Adds a block and returns its index, for others to read.

        Args:
            name: The block's name in the catalogue.
            inputs: What it reads, as in `Piece`.
            values: Its parameters; the others keep their defaults.

        Raises:
            ParameterError: A value is out of the block's range.
        """
        self.append(Piece(made(name, **values), inputs))
        return len(self) - 1

    def chain(self, start: int, *blocks: Block) -> None:
        """Adds a chain of blocks, the first of which reads `start`."""
        for block in blocks:
            self.append(Piece(block, (start,)))
            start = len(self) - 1


def made(name: str, **values: Any) -> Block:
    """A block of the catalogue with these parameters."""
    return block_type(name).create(values)
