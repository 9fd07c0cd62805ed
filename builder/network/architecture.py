"""An architecture: a frozen value that every edit replaces.

Nodes are kept in the order of the stack, and each names its inputs in order. The network need not
make sense: a half-drawn graph is an ordinary value, and inference says what is wrong with it.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from builder.blocks.base import Block
from builder.system.errors import FormatError
from builder.system.format_codes import FormatCode

MAX_NODES = 2_000
MAX_REPEAT = 200
MAX_INPUTS = 64
MAX_NAME = 64
"""The longest id or name of a node."""
MAX_KEY = 200
"""The longest key of an input or output."""
_TITLE_LENGTH = 80
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Node:
    """A block placed in an architecture.

    Attributes:
        id: Unique in the architecture, never changes; automatic, such as `conv2d_1`.
        block: What it does, with its parameters.
        inputs: The ids of the nodes that it reads, in order.
        name: The name that a person gave it, a Python identifier; empty for none.
        repeat: How many times the block is applied in a row.
    """

    id: str
    block: Block
    inputs: tuple[str, ...] = ()
    name: str = ""
    repeat: int = 1

    @property
    def label(self) -> str:
        """The name on the screen: the given one, otherwise the id."""
        return self.name or self.id


@dataclass(frozen=True)
class Architecture:
    """A network as a value.

    Attributes:
        name: The title that a person gave.
        nodes: In the order of the stack.
        outputs: The ids of the output nodes, in order; an id may appear twice. Empty means the last
            node of the stack.
        inputs: The ids of Inputs in the order in which the network takes them, unread ones
            included; Inputs that are not listed follow in the order of the stack.
        output_keys: The keys of the dictionary that the network returns, one for each of `outputs`;
            empty where it returns a list.
        input_keys: Likewise for `inputs`.
    """

    name: str = "untitled"
    nodes: tuple[Node, ...] = ()
    outputs: tuple[str, ...] = field(default=())
    inputs: tuple[str, ...] = field(default=())
    output_keys: tuple[str, ...] = field(default=())
    input_keys: tuple[str, ...] = field(default=())

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

    @property
    def input_ids(self) -> tuple[str, ...]:
        """The ids of all Inputs, in the order in which the network takes them."""
        own = [node.id for node in self.nodes if node.block.max_inputs == 0]
        listed = [node_id for node_id in self.inputs if node_id in own]
        return (*listed, *(node_id for node_id in own if node_id not in listed))

    def index(self, node_id: str) -> int:
        """The node's place in the stack."""
        return next(i for i, node in enumerate(self.nodes) if node.id == node_id)

    def with_nodes(self, nodes: Iterator[Node] | tuple[Node, ...] | list[Node]) -> "Architecture":
        """The same architecture with other nodes; inputs and outputs that are gone are dropped."""
        kept = tuple(nodes)
        ids = {node.id for node in kept}
        own = {node.id for node in kept if node.block.max_inputs == 0}
        outputs, output_keys = _kept(self.outputs, self.output_keys, ids)
        inputs, input_keys = _kept(self.inputs, self.input_keys, own)
        return replace(
            self,
            nodes=kept,
            outputs=outputs,
            inputs=inputs,
            output_keys=output_keys,
            input_keys=input_keys,
        )

    def with_outputs(self, outputs: Sequence[str], keys: Sequence[str] = ()) -> "Architecture":
        """The same architecture with other outputs; each has a key, or none has."""
        return replace(self, outputs=tuple(outputs), output_keys=tuple(keys))

    def with_inputs(self, inputs: Sequence[str], keys: Sequence[str] = ()) -> "Architecture":
        """The same architecture with Inputs in another order; each has a key, or none has."""
        return replace(self, inputs=tuple(inputs), input_keys=tuple(keys))

    def with_nodes_for(self, nodes: Iterable[Node], heirs: Mapping[str, str]) -> "Architecture":
        """The same architecture with other nodes, some of which take the places of former ones.

        Args:
            nodes: The nodes.
            heirs: For former nodes, the ids of the nodes that are inputs or outputs in their place.
        """
        ends = replace(
            self,
            nodes=tuple(nodes),
            outputs=tuple(heirs.get(node_id, node_id) for node_id in self.outputs),
            inputs=tuple(heirs.get(node_id, node_id) for node_id in self.inputs),
        )
        return ends.with_nodes(ends.nodes)


def _kept(
    ends: tuple[str, ...], keys: tuple[str, ...], ids: Container[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The inputs or outputs that are among these nodes, with their keys."""
    kept = [place for place, node_id in enumerate(ends) if node_id in ids]
    return tuple(ends[p] for p in kept), tuple(keys[p] for p in kept) if keys else ()


def is_identifier(value: Any) -> bool:
    """Whether a value may be a node's id or name: a Python identifier of at most 64 letters."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def check_key(where: str, key: Any) -> str:
    """Checks a key of an input or output.

    Raises:
        FormatError: It is not a text of 1 to 200 printable characters.
    """
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise FormatError(FormatCode.WRONG_KEY, where=where, key=key, most=MAX_KEY)
    return key


def title(value: Any) -> str:
    """Checks an architecture's name.

    Raises:
        FormatError: It is not a text of 1 to 80 printable characters.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > _TITLE_LENGTH:
        raise _wrong_title(value, f"a text of 1 to {_TITLE_LENGTH} characters")
    if not value.isprintable():
        raise _wrong_title(value, "printable characters only")
    return value.strip()


def _wrong_title(value: Any, expected: str) -> FormatError:
    return FormatError(FormatCode.WRONG_VALUE, where="name", received=value, expected=expected)
