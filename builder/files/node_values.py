"""Nodes and own blocks as plain values, as architectures, clips and library files hold them."""

from collections.abc import Mapping
from typing import Any

from builder.blocks.catalogue import block_type
from builder.files.json_values import (
    identifier,
    line,
    list_of,
    object_of,
    refuse_unknown,
    wrong_value,
)
from builder.network.architecture import MAX_INPUTS, MAX_NODES, MAX_REPEAT, Node
from builder.network.own_block import Checks, Definition, Exposed, OwnBlock
from builder.network.own_block_checks import MAX_EXPOSED
from builder.network.own_block_type import own_block
from builder.system.errors import BuilderError, FormatError
from builder.system.format_codes import FormatCode

MAX_OWN_BLOCKS = 64


def definition_to_dict(definition: Definition) -> dict[str, Any]:
    """An own block's definition as plain values; blocks inside it are only named."""
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
        FormatError: They are something else; the message says where and why.
    """
    checks = Checks()
    own = own_blocks_from(content.get("blocks", []), checks)
    return own, _nodes_from(content.get("nodes"), own, checks)


def own_blocks_from(value: Any, checks: Checks | None = None) -> dict[str, type[OwnBlock]]:
    """Reads own blocks, each after those inside it.

    Args:
        value: Plain values.
        checks: What has been checked of the file already.

    Raises:
        FormatError: They are not such blocks; the message says where and why.
    """
    checks = checks or Checks()
    own: dict[str, type[OwnBlock]] = {}
    for position, content in enumerate(list_of("blocks", value, MAX_OWN_BLOCKS), 1):
        definition = _definition_from_dict(f"block {position}", content, own, checks)
        if definition.name in own:
            raise FormatError(FormatCode.SAME_BLOCK, block=definition.name)
        try:
            own[definition.name] = own_block(definition, checks)
        except BuilderError as error:
            raise FormatError(error.problem) from None
    return own


def _definition_from_dict(
    where: str, content: Any, own: Mapping[str, type[OwnBlock]], checks: Checks
) -> Definition:
    content = object_of(where, content)
    known = {"name", "inputs", "nodes", "output", "parameters", "summary"}
    refuse_unknown(where, content, known)
    name = identifier(f"{where}: name", content.get("name"))
    inputs = list_of(f"{name}: inputs", content.get("inputs"), MAX_INPUTS)
    parameters = list_of(f"{name}: parameters", content.get("parameters", []), MAX_EXPOSED)
    return Definition(
        name=name,
        nodes=_nodes_from(content.get("nodes"), own, checks),
        output=identifier(f"{name}: output", content.get("output")),
        tensors=tuple(identifier(f"{name}: inputs", tensor) for tensor in inputs),
        parameters=tuple(_exposed_from_dict(f"{name}: parameters", p) for p in parameters),
        summary=line(f"{name}: summary", content.get("summary", "")),
    )


def _exposed_from_dict(where: str, content: Any) -> Exposed:
    content = object_of(where, content)
    refuse_unknown(where, content, {"name", "sets", "help"})
    targets: list[tuple[str, str]] = []
    for target in list_of(f"{where}: sets", content.get("sets"), MAX_NODES):
        pair = list_of(f"{where}: sets", target, 2)
        if len(pair) != 2:
            raise wrong_value(f"{where}: sets", pair, "a node and a name")
        targets.append((identifier(where, pair[0]), identifier(where, pair[1])))
    name = identifier(f"{where}: name", content.get("name"))
    return Exposed(name, tuple(targets), line(f"{where}: help", content.get("help", "")))


def _nodes_from(value: Any, own: Mapping[str, type[OwnBlock]], checks: Checks) -> tuple[Node, ...]:
    listed = list_of("nodes", value, MAX_NODES)
    nodes = tuple(
        _node_from_dict(position, item, own, checks) for position, item in enumerate(listed, 1)
    )
    if len({node.id for node in nodes}) < len(nodes):
        raise FormatError(FormatCode.SAME_ID)
    return nodes


def node_to_dict(node: Node) -> dict[str, Any]:
    """A node as plain values; an own block is only named."""
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
    content = object_of(where, content)
    refuse_unknown(where, content, {"id", "block", "parameters", "inputs", "name", "repeat"})
    node_id = identifier(f"{where}: id", content.get("id"))
    block, parameters = content.get("block"), content.get("parameters", {})
    if not isinstance(block, str):
        raise wrong_value(f"{node_id}: block", block, "a block's name")
    parameters = object_of(f"{node_id}: parameters", parameters)
    inputs = list_of(f"{node_id}: inputs", content.get("inputs", []), MAX_INPUTS)
    repeat = content.get("repeat", 1)
    if type(repeat) is not int or not 1 <= repeat <= MAX_REPEAT:
        raise wrong_value(f"{node_id}: repeat", repeat, f"1 to {MAX_REPEAT}")
    name = content.get("name", "")
    try:
        inside = own.get(block)
        made = (
            inside.create_checked(parameters, checks)
            if inside
            else block_type(block).create(parameters)
        )
    except BuilderError as error:
        raise FormatError(FormatCode.IN_NODE, node=node_id, inner=error.problem) from None
    return Node(
        id=node_id,
        block=made,
        inputs=tuple(identifier(f"{node_id}: inputs", source) for source in inputs),
        name=identifier(f"{node_id}: name", name) if name != "" else "",
        repeat=repeat,
    )
