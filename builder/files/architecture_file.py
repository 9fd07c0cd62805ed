"""The file of an architecture: plain JSON values, checked one by one as they are read."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from builder.files.json_values import identifier, is_object, list_of, load_json, refuse_unknown
from builder.files.node_values import (
    MAX_OWN_BLOCKS,
    blocks_and_nodes_from,
    definition_to_dict,
    node_to_dict,
)
from builder.network.architecture import MAX_INPUTS, Architecture, check_key, title
from builder.network.own_block import definitions_in
from builder.system.errors import FormatError
from builder.system.format_codes import FormatCode
from builder.system.formats import Format, declare, other_file

ARCHITECTURE = declare(
    Format("architecture", ("runs/*/architecture.json",), marker="convstack-architecture")
)


def to_dict(architecture: Architecture) -> dict[str, Any]:
    """The file's content as plain values.

    Raises:
        FormatError: Two different own blocks have the same name.
    """
    own = definitions_in(architecture)
    if len(own) > MAX_OWN_BLOCKS:
        code = FormatCode.TOO_MANY_OWN_BLOCKS
        raise FormatError(code, number=len(own), most=MAX_OWN_BLOCKS)
    names = Counter(definition.name for definition in own)
    for name in names:
        if names[name] > 1:
            raise FormatError(FormatCode.DIFFERENT_BLOCKS, block=name)
    content: dict[str, Any] = {
        "name": architecture.name,
        "nodes": [node_to_dict(node) for node in architecture.nodes],
    }
    content |= {"blocks": [definition_to_dict(definition) for definition in own]} if own else {}
    return ARCHITECTURE.stamp(content | ends_to_dict(architecture))


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


def from_dict(content: Any) -> Architecture:
    """Reads an architecture from the plain values of its file.

    Raises:
        FormatError: They are not an architecture; the message says where and why.
    """
    if not is_object(content) or not ARCHITECTURE.is_marked(content):
        raise other_file("a Convstack architecture", ARCHITECTURE)
    content = ARCHITECTURE.current(content)
    refuse_unknown("the file", content, {"name", "blocks", "nodes", "inputs", "outputs"})
    _, nodes = blocks_and_nodes_from(content)
    network = with_ends(Architecture(title(content.get("name", "untitled")), nodes), content)
    for where, ends, known, code in (
        ("inputs", network.inputs, set(network.input_ids), FormatCode.NO_INPUT),
        ("outputs", network.outputs, set(network.by_id), FormatCode.NO_NODE),
    ):
        for node_id in ends:
            if node_id not in known:
                raise FormatError(code, where=where, node=node_id)
    return network


def with_ends(architecture: Architecture, content: Mapping[str, Any]) -> Architecture:
    """The architecture with the inputs and outputs that are listed, whatever they name.

    Raises:
        FormatError: They are neither lists nor objects of ids.
    """
    inputs = _ends_from_plain("inputs", content.get("inputs", []))
    outputs = _ends_from_plain("outputs", content.get("outputs", []))
    return architecture.with_inputs(*inputs).with_outputs(*outputs)


def _ends_to_plain(ends: tuple[str, ...], keys: tuple[str, ...]) -> list[str] | dict[str, str]:
    """A list of ids, or an object of ids by key."""
    return dict(zip(keys, ends, strict=True)) if keys else list(ends)


def _ends_from_plain(where: str, value: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of inputs or outputs, and their keys."""
    keys = tuple(check_key(where, key) for key in value) if is_object(value) else ()
    listed = list_of(where, list(value.values()) if is_object(value) else value, MAX_INPUTS)
    return tuple(identifier(where, node_id) for node_id in listed), keys
