"""An architecture: a frozen value that every edit replaces and that a file holds.

Nodes are kept in the order of the stack, and each names its inputs in order. Nothing here demands
that the network makes sense: a half-drawn graph is an ordinary value, and inference says what is
wrong with it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeGuard

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.errors import BuilderError, FormatError, shown

FORMAT = "convstack-architecture"
VERSION = 1

MAX_BYTES = 2_000_000
MAX_NODES = 2_000
MAX_REPEAT = 200
MAX_INPUTS = 64
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_TITLE_LENGTH = 80


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

    def to_dict(self) -> dict[str, Any]:
        """The file's content as plain values."""
        content: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "nodes": [_node_to_dict(node) for node in self.nodes],
        }
        return content | ({"outputs": list(self.outputs)} if self.outputs else {})

    def to_json(self) -> str:
        """The file's text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str | bytes) -> Architecture:
    """Reads an architecture's file.

    Raises:
        FormatError: The text is not such a file; the message says where and why.
    """
    return from_dict(load_json(text))


def load_json(text: str | bytes) -> Any:
    """Reads a JSON text of at most 2 MB.

    Raises:
        FormatError: It is too large, not JSON, or nested too deeply.
    """
    if len(text) > MAX_BYTES:
        raise FormatError(
            f"received a file of {len(text):,} bytes, expected at most {MAX_BYTES:,}",
            "choose an architecture file",
        )
    try:
        return json.loads(text)
    except RecursionError:
        raise FormatError("this is not an architecture: it is nested too deeply") from None
    except ValueError as error:  # also bytes that are no text, and numbers of thousands of digits
        raise FormatError(f"this is not a JSON file: {str(error)[:120]}") from None


def from_dict(content: Any) -> Architecture:
    """Reads an architecture from the plain values of its file.

    Raises:
        FormatError: They are not an architecture; the message says where and why.
    """
    if not is_object(content) or content.get("format") != FORMAT:
        raise FormatError(
            "this is not a Convstack architecture", f'expected "format": "{FORMAT}" at the top'
        )
    if type(content.get("version")) is not int or content["version"] != VERSION:
        raise FormatError(
            f"received version {shown(content.get('version'))}, expected {VERSION}",
            "open it with the version of Convstack that wrote it",
        )
    _refuse_unknown("the file", content, {"format", "version", "name", "nodes", "outputs"})
    listed = _list("nodes", content.get("nodes"), MAX_NODES)
    nodes = tuple(_node_from_dict(position, item) for position, item in enumerate(listed, 1))
    ids = {node.id for node in nodes}
    if len(ids) < len(nodes):
        raise FormatError("two nodes have the same id", "give each node an id of its own")
    outputs = tuple(
        _identifier("outputs", o) for o in _list("outputs", content.get("outputs", []), 64)
    )
    for output in outputs:
        if output not in ids:
            raise FormatError(f"outputs names {output!r}, which is not a node")
    return Architecture(title(content.get("name", "untitled")), nodes, outputs)


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


def _node_to_dict(node: Node) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": node.id,
        "block": node.block.type_name(),
        "parameters": node.block.values(),
        "inputs": list(node.inputs),
    }
    content |= {"name": node.name} if node.name else {}
    return content | ({"repeat": node.repeat} if node.repeat > 1 else {})


def _node_from_dict(position: int, content: Any) -> Node:
    where = f"node {position}"
    if not is_object(content):
        raise FormatError(f"{where}: received {shown(content)}, expected an object")
    _refuse_unknown(where, content, {"id", "block", "parameters", "inputs", "name", "repeat"})
    node_id = _identifier(f"{where}: id", content.get("id"))
    block, parameters = content.get("block"), content.get("parameters", {})
    if not isinstance(block, str) or not is_object(parameters):
        raise FormatError(f"{node_id}: expected a block's name and an object of parameters")
    inputs = _list(f"{node_id}: inputs", content.get("inputs", []), MAX_INPUTS)
    repeat = content.get("repeat", 1)
    if type(repeat) is not int or not 1 <= repeat <= MAX_REPEAT:
        raise FormatError(
            f"{node_id}: repeat: received {shown(repeat)}, expected 1 to {MAX_REPEAT}"
        )
    name = content.get("name", "")
    try:
        made = block_type(block).create(parameters)
    except BuilderError as error:
        raise FormatError(f"{node_id}: {error.message}", error.fix) from None
    return Node(
        id=node_id,
        block=made,
        inputs=tuple(_identifier(f"{node_id}: inputs", source) for source in inputs),
        name=_identifier(f"{node_id}: name", name) if name != "" else "",
        repeat=repeat,
    )


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value that came from JSON is an object."""
    return isinstance(value, dict)


def is_identifier(value: Any) -> bool:
    """Whether a value may be a node's id or name: a Python identifier of at most 64 letters."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _identifier(where: str, value: Any) -> str:
    if not is_identifier(value):
        raise FormatError(
            f"{where}: received {shown(value)}, expected letters, digits and _ "
            "(at most 64, no digit first)"
        )
    return value


def _list(where: str, value: Any, most: int) -> list[Any]:
    if not _is_list(value):
        raise FormatError(f"{where}: received {shown(value)}, expected a list")
    if len(value) > most:
        raise FormatError(f"{where}: received {len(value):,} entries, expected at most {most:,}")
    return value


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _refuse_unknown(where: str, fields: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(str(key) for key in fields.keys() - known)
    if unknown:
        raise FormatError(f"{where}: {shown(unknown[0])} is not known here")
