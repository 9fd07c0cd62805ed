"""Fixes that edit a network: what they change, and what a button says of it.

The effect of such a fix is found by applying it, and so is its description: buttons, reports and
the sentences of findings all use that.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.network.architecture import Architecture
from builder.network.edit_words import block_words, in_full, listed
from builder.network.edits import (
    add,
    connect,
    disconnect,
    move,
    remove,
    rename,
    repeat,
    set_parameters,
)
from builder.network.insertion import add_first, add_on_edge
from builder.network.placing import find, rewire


class NetworkFix(ABC):
    """An edit of a network that fixes a finding or an issue."""

    @abstractmethod
    def apply(self, architecture: Architecture) -> Architecture:
        """Applies the edit.

        Raises:
            BuilderError: It does not apply to this architecture.
        """

    def effect(self, architecture: Architecture) -> str:
        """Everything that it changes, as a clause: `set units of dense_1 to 10`.

        Raises:
            BuilderError: It does not apply to this architecture.
        """
        return in_full(architecture, self.apply(architecture))

    def label(self, architecture: Architecture) -> str:
        """The text of a button; raises as `effect` does."""
        return capitalized(self.effect(architecture))


@dataclass(frozen=True, slots=True)
class AddRescaling(NetworkFix):
    """Places a Rescaling of 1/255 right after the first Input."""

    def apply(self, architecture: Architecture) -> Architecture:
        source = next(node for node in architecture if node.block.max_inputs == 0)
        return _put_behind(architecture, block_type("Rescaling").create({}), source.id)


@dataclass(frozen=True, slots=True)
class AddBehind(NetworkFix):
    """Places a block behind a node, for all that read it and as an output in its place.

    Attributes:
        node: Its id.
        block: What is placed.
    """

    node: str
    block: Block

    def apply(self, architecture: Architecture) -> Architecture:
        return _put_behind(architecture, self.block, self.node)


@dataclass(frozen=True, slots=True)
class AddBetween(NetworkFix):
    """Places blocks on connections to one node, a block on each.

    Attributes:
        node: The id of the node that reads.
        blocks: What is placed, by the id of the node that is read.
    """

    node: str
    blocks: tuple[tuple[str, Block], ...]

    def apply(self, architecture: Architecture) -> Architecture:
        for source, block in self.blocks:
            architecture = add_on_edge(architecture, block, source, self.node)
        return architecture

    def effect(self, architecture: Architecture) -> str:
        reader = find(architecture, self.node).label
        placed = [
            f"{block_words(block)} between {find(architecture, source).label} and {reader}"
            for source, block in self.blocks
        ]
        return f"add {listed(placed)}"


@dataclass(frozen=True, slots=True)
class AddInput(NetworkFix):
    """Places an Input in front of everything."""

    def apply(self, architecture: Architecture) -> Architecture:
        return add_first(architecture, block_type("Input").create({}))

    def effect(self, architecture: Architecture) -> str:
        block = block_type("Input").create({})
        return f"add {block_words(block)} {block.describe()} in front"


@dataclass(frozen=True, slots=True)
class MoveNode(NetworkFix):
    """Moves a node up, so that it stands in front of one that it depended on.

    Attributes:
        node: Its id.
        after: The id of the node that it is put behind.
        before: The id of the node that it then stands in front of.
    """

    node: str
    after: str
    before: str

    def apply(self, architecture: Architecture) -> Architecture:
        return move(architecture, self.node, self.after)

    def effect(self, architecture: Architecture) -> str:
        moved, before = find(architecture, self.node), find(architecture, self.before)
        return f"move {moved.label} in front of {before.label}"


@dataclass(frozen=True, slots=True)
class Connect(NetworkFix):
    """Lets a node read another one.

    Attributes:
        source: The id of the node that is read.
        node: The id of the node that reads.
        port: Which of its inputs is replaced; None for a further one.
    """

    source: str
    node: str
    port: int | None = None

    def apply(self, architecture: Architecture) -> Architecture:
        return connect(architecture, self.source, self.node, self.port)

    def effect(self, architecture: Architecture) -> str:
        source, node = find(architecture, self.source), find(architecture, self.node)
        return f"connect {source.label} to {node.label}"


@dataclass(frozen=True, slots=True)
class Disconnect(NetworkFix):
    """Takes one connection away.

    Attributes:
        source: The id of the node that is read, which need not exist.
        node: The id of the node that reads.
    """

    source: str
    node: str

    def apply(self, architecture: Architecture) -> Architecture:
        return disconnect(architecture, self.source, self.node)

    def effect(self, architecture: Architecture) -> str:
        source = architecture.by_id.get(self.source)
        read = source.label if source else self.source
        return f"disconnect {read} from {find(architecture, self.node).label}"


@dataclass(frozen=True, slots=True)
class Repeat(NetworkFix):
    """Sets how many times in a row a node's block is applied.

    Attributes:
        node: Its id.
        times: How many times.
    """

    node: str
    times: int

    def apply(self, architecture: Architecture) -> Architecture:
        return repeat(architecture, self.node, self.times)


@dataclass(frozen=True, slots=True)
class Rename(NetworkFix):
    """Gives a node another name.

    Attributes:
        node: Its id.
        name: The name.
    """

    node: str
    name: str

    def apply(self, architecture: Architecture) -> Architecture:
        return rename(architecture, self.node, self.name)

    def effect(self, architecture: Architecture) -> str:
        return f"rename {find(architecture, self.node).label} to {self.name}"


@dataclass(frozen=True, slots=True)
class RemoveNode(NetworkFix):
    """Removes a node; its readers read its input instead.

    Attributes:
        node: Its id.
    """

    node: str

    def apply(self, architecture: Architecture) -> Architecture:
        return remove(architecture, [self.node])


@dataclass(frozen=True, slots=True)
class SetParameters(NetworkFix):
    """Gives parameters of a node other values.

    Attributes:
        node: Its id.
        parameters: The values by name.
    """

    node: str
    parameters: Mapping[str, Any]

    def apply(self, architecture: Architecture) -> Architecture:
        return set_parameters(architecture, self.node, dict(self.parameters))


def _put_behind(architecture: Architecture, block: Block, source: str) -> Architecture:
    """Places a block behind a node; all that read the node, and its output, take the block's."""
    readers = set(architecture.consumers[find(architecture, source).id])
    placed = add(architecture, block, source)
    new = next(node.id for node in placed if node.id not in architecture)
    rewired = (rewire(node, source, (new,)) if node.id in readers else node for node in placed)
    outputs = tuple(new if node_id == source else node_id for node_id in placed.outputs)
    return placed.with_nodes(tuple(rewired)).with_outputs(outputs, placed.output_keys)


def capitalized(clause: str) -> str:
    """A clause as the text of a button."""
    return clause[:1].upper() + clause[1:]
