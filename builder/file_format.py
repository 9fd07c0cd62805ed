"""The file of an architecture: plain JSON values, checked one by one as they are read."""

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

from builder.architecture import (
    MAX_INPUTS,
    MAX_NODES,
    MAX_REPEAT,
    Architecture,
    Node,
    is_identifier,
    title,
)
from builder.blocks.catalogue import block_type
from builder.errors import BuilderError, FormatError, shown

FORMAT = "convstack-architecture"
VERSION = 1

MAX_BYTES = 2_000_000


def to_dict(architecture: Architecture) -> dict[str, Any]:
    """The file's content as plain values."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "name": architecture.name,
        "nodes": [_node_to_dict(node) for node in architecture.nodes],
    }
    return content | ({"outputs": list(architecture.outputs)} if architecture.outputs else {})


def to_json(architecture: Architecture) -> str:
    """The file's text."""
    return json.dumps(to_dict(architecture), indent=2, ensure_ascii=False) + "\n"


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
