"""The file of an architecture: plain JSON values, checked one by one as they are read."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeGuard

from builder.blocks.catalogue import block_type
from builder.network.architecture import (
    MAX_INPUTS,
    MAX_NODES,
    MAX_REPEAT,
    Architecture,
    Node,
    check_key,
    is_identifier,
    title,
)
from builder.network.own_block import Checks, Definition, Exposed, OwnBlock, definitions_in
from builder.network.own_block_checks import MAX_EXPOSED, MAX_SUMMARY
from builder.network.own_block_type import own_block
from builder.system.errors import BuilderError, FormatError, shown

FORMAT = "convstack-architecture"
VERSION = 1

MAX_BYTES = 2_000_000
MAX_OWN_BLOCKS = 64


def to_dict(architecture: Architecture) -> dict[str, Any]:
    """The file's content as plain values.

    Raises:
        FormatError: Two different own blocks have the same name.
    """
    own = definitions_in(architecture)
    if len(own) > MAX_OWN_BLOCKS:
        raise FormatError(
            f"there would be {len(own)} blocks of your own in it, expected at most {MAX_OWN_BLOCKS}"
        )
    names = Counter(definition.name for definition in own)
    for name in names:
        if names[name] > 1:
            raise FormatError(
                f"two different blocks are named {name}", "give one of them another name first"
            )
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "name": architecture.name,
        "nodes": [node_to_dict(node) for node in architecture.nodes],
    }
    content |= {"blocks": [definition_to_dict(definition) for definition in own]} if own else {}
    return content | ends_to_dict(architecture)


def ends_to_dict(architecture: Architecture) -> dict[str, Any]:
    """The inputs and outputs that an architecture lists, as plain values."""
    ends = {
        "inputs": _ends_to_plain(architecture.inputs, architecture.input_keys),
        "outputs": _ends_to_plain(architecture.outputs, architecture.output_keys),
    }
    return {name: value for name, value in ends.items() if value}


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
    except UnicodeDecodeError:
        raise FormatError("this is not a JSON file: it is not text") from None
    except ValueError as error:  # also numbers of thousands of digits
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
    known = {"format", "version", "name", "blocks", "nodes", "inputs", "outputs"}
    _refuse_unknown("the file", content, known)
    own, nodes = blocks_and_nodes_from(content)
    network = with_ends(Architecture(title(content.get("name", "untitled")), nodes), content)
    for where, ends, own in (
        ("inputs", network.inputs, set(network.input_ids)),
        ("outputs", network.outputs, set(network.by_id)),
    ):
        for node_id in ends:
            if node_id not in own:
                what = "an Input" if where == "inputs" else "a node"
                raise FormatError(f"{where} names {node_id!r}, which is not {what}")
    return network


def with_ends(architecture: Architecture, content: Mapping[str, Any]) -> Architecture:
    """The architecture with the inputs and outputs that are listed, whatever they name.

    Raises:
        FormatError: They are no lists and no objects of ids.
    """
    inputs = _ends_from_plain("inputs", content.get("inputs", []))
    outputs = _ends_from_plain("outputs", content.get("outputs", []))
    return architecture.with_inputs(*inputs).with_outputs(*outputs)


def _ends_to_plain(ends: tuple[str, ...], keys: tuple[str, ...]) -> list[str] | dict[str, str]:
    """A list of ids, or an object where each has a key."""
    return dict(zip(keys, ends, strict=True)) if keys else list(ends)


def _ends_from_plain(where: str, value: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of inputs or outputs, and their keys."""
    keys = tuple(check_key(where, key) for key in value) if is_object(value) else ()
    listed = _list(where, list(value.values()) if is_object(value) else value, MAX_INPUTS)
    return tuple(_identifier(where, node_id) for node_id in listed), keys


def definition_to_dict(definition: Definition) -> dict[str, Any]:
    """An own block's content as plain values; blocks that it holds are named only."""
    content: dict[str, Any] = {
        "name": definition.name,
        "inputs": list(definition.tensors),
        "nodes": [node_to_dict(node) for node in definition.nodes],
        "output": definition.output,
    }
    if definition.parameters:
        content["parameters"] = [
            {"name": exposed.name, "sets": [list(target) for target in exposed.targets]}
            | ({"help": exposed.help} if exposed.help else {})
            for exposed in definition.parameters
        ]
    return content | ({"summary": definition.summary} if definition.summary else {})


def blocks_and_nodes_from(
    content: Mapping[str, Any],
) -> tuple[dict[str, type[OwnBlock]], tuple[Node, ...]]:
    """Reads the own blocks of a file, and its nodes, which may hold them.

    Raises:
        FormatError: They are not such; the message says where and why.
    """
    checks = Checks()
    own = own_blocks_from(content.get("blocks", []), checks)
    return own, _nodes_from(content.get("nodes"), own, checks)


def own_blocks_from(value: Any, checks: Checks | None = None) -> dict[str, type[OwnBlock]]:
    """Reads own blocks, each standing behind those that it holds.

    Args:
        value: Plain values.
        checks: What was checked of the file already.

    Raises:
        FormatError: They are not such blocks; the message says where and why.
    """
    checks = checks or Checks()
    own: dict[str, type[OwnBlock]] = {}
    for position, content in enumerate(_list("blocks", value, MAX_OWN_BLOCKS), 1):
        definition = _definition_from_dict(f"block {position}", content, own, checks)
        if definition.name in own:
            raise FormatError(f"two blocks are named {definition.name}")
        try:
            own[definition.name] = own_block(definition, checks)
        except BuilderError as error:
            raise FormatError(error.message, error.fix) from None
    return own


def _definition_from_dict(
    where: str, content: Any, own: Mapping[str, type[OwnBlock]], checks: Checks
) -> Definition:
    if not is_object(content):
        raise FormatError(f"{where}: received {shown(content)}, expected an object")
    known = {"name", "inputs", "nodes", "output", "parameters", "summary"}
    _refuse_unknown(where, content, known)
    name = _identifier(f"{where}: name", content.get("name"))
    inputs = _list(f"{name}: inputs", content.get("inputs"), MAX_INPUTS)
    parameters = _list(f"{name}: parameters", content.get("parameters", []), MAX_EXPOSED)
    return Definition(
        name=name,
        nodes=_nodes_from(content.get("nodes"), own, checks),
        output=_identifier(f"{name}: output", content.get("output")),
        tensors=tuple(_identifier(f"{name}: inputs", tensor) for tensor in inputs),
        parameters=tuple(_exposed_from_dict(f"{name}: parameters", p) for p in parameters),
        summary=_line(f"{name}: summary", content.get("summary", "")),
    )


def _exposed_from_dict(where: str, content: Any) -> Exposed:
    if not is_object(content):
        raise FormatError(f"{where}: received {shown(content)}, expected an object")
    _refuse_unknown(where, content, {"name", "sets", "help"})
    targets: list[tuple[str, str]] = []
    for target in _list(f"{where}: sets", content.get("sets"), MAX_NODES):
        pair = _list(f"{where}: sets", target, 2)
        if len(pair) != 2:
            raise FormatError(f"{where}: sets: received {shown(pair)}, expected a node and a name")
        targets.append((_identifier(where, pair[0]), _identifier(where, pair[1])))
    name = _identifier(f"{where}: name", content.get("name"))
    return Exposed(name, tuple(targets), _line(f"{where}: help", content.get("help", "")))


def _nodes_from(value: Any, own: Mapping[str, type[OwnBlock]], checks: Checks) -> tuple[Node, ...]:
    listed = _list("nodes", value, MAX_NODES)
    nodes = tuple(
        _node_from_dict(position, item, own, checks) for position, item in enumerate(listed, 1)
    )
    if len({node.id for node in nodes}) < len(nodes):
        raise FormatError("two nodes have the same id", "give each node an id of its own")
    return nodes


def node_to_dict(node: Node) -> dict[str, Any]:
    """A node as plain values; an own block is named only."""
    content: dict[str, Any] = {
        "id": node.id,
        "block": node.block.type_name(),
        "parameters": node.block.values(),
        "inputs": list(node.inputs),
    }
    content |= {"name": node.name} if node.name else {}
    return content | ({"repeat": node.repeat} if node.repeat > 1 else {})


def _node_from_dict(
    position: int, content: Any, own: Mapping[str, type[OwnBlock]], checks: Checks
) -> Node:
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
        inside = own.get(block)
        made = (
            inside.create_checked(parameters, checks)
            if inside
            else block_type(block).create(parameters)
        )
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


def _line(where: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_SUMMARY or not (value + " ").isprintable():
        raise FormatError(
            f"{where}: received {shown(value)}, expected one line of at most {MAX_SUMMARY} letters"
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
