"""Copies nodes as text, and pastes them into the same network or another one.

The text names the document that the nodes were copied from, and holds the nodes, the own blocks
that they use, and the inputs and outputs that the network listed. It comes from a clipboard, so all
of it is checked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from builder.blocks.base import Block
from builder.blocks.catalogue import catalogue
from builder.custom_blocks.changing import rename_block
from builder.files.architecture_file import with_ends
from builder.files.json_values import is_object, load_json, object_of, wrong_value
from builder.files.node_values import blocks_and_nodes_from, definition_to_dict, node_to_dict
from builder.network.architecture import MAX_NODES, Architecture, Node
from builder.network.edit_codes import EditCode
from builder.network.naming import unique
from builder.network.own_block import definitions_in
from builder.network.own_block_checks import check_name
from builder.network.placing import find, rewire
from builder.system.errors import EditError, FormatError
from builder.system.format_codes import FormatCode
from builder.system.formats import Format, declare

CLIP = declare(Format("copied blocks", marker="convstack-nodes"))
"""The canvas writes it (`components/frontend/src/board/canvas/clipboard.ts`)."""
MAX_DOCUMENT = 200
"""The longest id of a document."""


@dataclass(frozen=True)
class Clip:
    """Nodes that were copied.

    Attributes:
        nodes: The nodes, with the ids and inputs that they had.
        document: The id of the document that they are still in; empty where they were cut.
        ends: A network of these nodes, with the inputs and outputs that are among them.
    """

    nodes: tuple[Node, ...]
    document: str = ""
    ends: Architecture = field(default=Architecture())


@lru_cache(maxsize=4_096)
def node_content(node: Node) -> dict[str, Any]:
    """A node as plain values, without parameters that have their default."""
    content = node_to_dict(node)
    defaults = _defaults(type(node.block))
    values: dict[str, Any] = content["parameters"]
    content["parameters"] = {n: value for n, value in values.items() if value != defaults[n]}
    return content


def own_content(architecture: Architecture) -> list[dict[str, Any]]:
    """The own blocks of a network as plain values, each after those inside it."""
    return [definition_to_dict(definition) for definition in definitions_in(architecture)]


def parse(text: str) -> Clip:
    """Reads copied nodes.

    Raises:
        FormatError: The text is something else, or damaged; the message says where and why.
    """
    try:
        content: Any = load_json(text)
        if not is_object(content) or not CLIP.is_marked(content):
            raise FormatError(FormatCode.NOTHING_COPIED)
        content = CLIP.current(content)
        document = content.get("document", "")
        if not isinstance(document, str) or len(document) > MAX_DOCUMENT:
            raise wrong_value("document", document, "a document's id")
        _, nodes = blocks_and_nodes_from(content)
        if not nodes:
            raise FormatError(FormatCode.NOTHING_COPIED)
        ends = object_of("ends", content.get("ends", {}))
        network = with_ends(Architecture(nodes=nodes), ends).with_nodes(nodes)
    except FormatError as error:
        raise FormatError(FormatCode.CANNOT_PASTE, inner=error.problem) from None
    return Clip(nodes, document, network)


def paste(
    architecture: Architecture, clip: Clip, after: str | None = None, document: str = ""
) -> Architecture:
    """Places copies of nodes, with new ids and the connections between them.

    In the document that they were copied from, they keep their inputs from outside that still
    exist. Otherwise they are attached: they read the node that they are pasted after, and if they
    have a single end, the next row reads that instead, as with `add`. An empty network adopts the
    order and keys of their inputs and outputs.

    Args:
        architecture: What is edited.
        clip: The nodes.
        after: The id of the node to paste them after; None for the end.
        document: The id of the document that is edited.

    Raises:
        EditError: There is no such node, or there is no room.
    """
    if len(architecture.nodes) + len(clip.nodes) > MAX_NODES:
        raise EditError(EditCode.TOO_MANY_BLOCKS, most=MAX_NODES)
    rows = list(architecture.nodes)
    if after is None:
        after = rows[-1].id if rows else None
    else:
        find(architecture, after)
    originals = _free_of_clashes(architecture, clip.nodes)
    home = document != "" and clip.document == document
    there = architecture.by_id.keys() if home else set[str]()
    copies, kept = _copies(architecture, originals, after, there)
    attached = after is not None and any(after in node.inputs for node in copies)
    place = architecture.index(after) + 1 if after is not None else 0
    end = _end(copies)
    if attached and not kept and end and place < len(rows) and after is not None:
        rows[place] = rewire(rows[place], after, (end,))
    if place == len(rows) and rows and not attached:
        place -= 1  # what does not continue the network's output does not become the output
    if not rows:
        heirs = {old.id: new.id for old, new in zip(originals, copies, strict=True)}
        return replace(clip.ends.with_nodes_for(copies, heirs), name=architecture.name)
    return architecture.with_nodes([*rows[:place], *copies, *rows[place:]])


def _copies(
    architecture: Architecture,
    originals: Sequence[Node],
    after: str | None,
    there: Collection[str],
) -> tuple[list[Node], bool]:
    """The nodes with new ids and inputs, and whether an input from outside was kept."""
    taken = {name for node in architecture for name in (node.id, node.name) if name}
    ids: dict[str, str] = {}
    for node in originals:
        ids[node.id] = unique(f"{node.block.prefix()}_1", taken)
        taken.add(ids[node.id])
    kept = False
    copies: list[Node] = []
    for node in originals:
        inputs: list[str] = []
        for source in node.inputs:
            if source in ids:
                inputs.append(ids[source])
            elif source in there:
                inputs.append(source)
                kept = True
            elif after is not None and after not in inputs:
                inputs.append(after)
        name = "" if node.name in taken else node.name
        taken.add(name)
        copies.append(replace(node, id=ids[node.id], name=name, inputs=tuple(inputs)))
    return copies, kept


def _end(copies: Sequence[Node]) -> str | None:
    """The only node that no other one reads; None where there are several or none."""
    read = {source for node in copies for source in node.inputs}
    ends = [node.id for node in copies if node.id not in read]
    return ends[0] if len(ends) == 1 else None


def _free_of_clashes(architecture: Architecture, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The nodes; an own block whose name is another block's in the network gets a new name."""
    known = {own.name: own for own in definitions_in(architecture)}
    brought = definitions_in(nodes)
    taken = {*known, *catalogue(), *(own.name for own in brought)}
    result = Architecture(nodes=nodes)
    for own in brought:
        if known.get(own.name) == own:
            continue
        check_name(own.name)
        if own.name in known:
            name = unique(own.name, taken)
            taken.add(name)
            result = rename_block(result, own.name, name)
    return result.nodes


@cache
def _defaults(block: type[Block]) -> dict[str, Any]:
    return block.create({}).values()
