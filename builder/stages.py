"""Stages: where a network repeats a block, and how such a place gets longer or shorter.

A stage is a node that is repeated, or neighbouring nodes of one block with the same numbers of
channels: at least two blocks in all, so that a stem stays single. A chain of cells that each read
the two outputs before them is a stage too.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby

from builder.architecture import MAX_REPEAT, Architecture, Node
from builder.blocks.base import Block, Category
from builder.blocks.symbolic import trace
from builder.blocks.types import Role
from builder.edits import new_id
from builder.errors import BuilderError, EditError
from builder.inference import Inference, infer

_CATEGORIES = (Category.MODULE, Category.CONVOLUTION)
_KEEPS_SIZE = {"strides": 1, "pooling": False}


def resize_stages(architecture: Architecture, resize: Callable[[int], int]) -> Architecture:
    """Gives each stage another number of blocks.

    Args:
        architecture: The network.
        resize: From a stage's number of blocks to the wanted one, 1 at least.

    Raises:
        EditError: A block would be repeated more often than a node can say.
    """
    inference = infer(architecture)
    for run in _runs(inference):
        if sum(node.repeat for node in run) == 1:
            continue
        for _, nodes in groupby(run, lambda node: values_of(node.block, Role.WIDTH)):
            stage = list(nodes)
            now = sum(node.repeat for node in stage)
            wanted = resize(now)
            if stage[0].block.max_inputs == 2:
                if now > 1 and _keeps_shape(inference, stage[-1]):
                    architecture = _resize_chain(architecture, stage, wanted)
            elif wanted > now:
                architecture = _lengthen(architecture, inference, stage, wanted - now)
            elif wanted < now:
                architecture = _shorten(architecture, inference, stage, now - wanted)
    return architecture


def values_of(block: Block, role: Role) -> tuple[int, ...]:
    """The values of a block's parameters that have a role; those left empty do not count."""
    values = (getattr(block, p.name) for p in block.parameters() if p.role is role)
    return tuple(value for value in values if value is not None)


def has_role(block: Block, role: Role) -> bool:
    """Whether a block has a parameter of a role."""
    return any(parameter.role is role for parameter in block.parameters())


def _runs(inference: Inference) -> Iterator[list[Node]]:
    """Neighbouring nodes of one block, each reading the one before it, or the two before it."""
    run: list[Node] = []
    for known in inference.nodes.values():
        node, block = known.node, known.node.block
        can_repeat = (
            block.category in _CATEGORIES
            and block.max_inputs in (1, 2)
            and bool(values_of(block, Role.WIDTH))
            and not has_role(block, Role.DEPTH)
        )
        if run and not (can_repeat and _follows(run[-1], node)):
            yield run
            run = []
        if can_repeat:
            run.append(node)
    if run:
        yield run


def _follows(before: Node, node: Node) -> bool:
    if type(node.block) is not type(before.block):
        return False
    if node.block.max_inputs == 1:
        return node.inputs == (before.id,)
    return node.inputs == (before.id, *before.inputs[:1])


def _lengthen(
    architecture: Architecture, inference: Inference, stage: list[Node], extra: int
) -> Architecture:
    """Repeats the stage's last node that keeps its shape; else puts one behind that does."""
    for node in reversed(stage):
        if _keeps_shape(inference, node):
            return _with_repeat(architecture, node, node.repeat + extra)
    last = stage[-1]
    shape = inference.nodes[last.id].output_shape
    names = {parameter.name for parameter in last.block.parameters()}
    changes = {name: value for name, value in _KEEPS_SIZE.items() if name in names}
    block = type(last.block).create(last.block.values() | changes)
    try:
        fits = shape is not None and trace(block, (shape,)).output_shape == shape
    except BuilderError:
        fits = False
    if not fits:
        return architecture
    added = Node(new_id(architecture, block), block, (last.id,))
    longer = _place_behind(architecture, stage, last, [added], {last.id: added.id})
    return _with_repeat(longer, added, extra)


def _shorten(
    architecture: Architecture, inference: Inference, stage: list[Node], fewer: int
) -> Architecture:
    """Takes repetitions away from the nodes that keep their shape, the last ones first."""
    for node in reversed(stage):
        if fewer and node.repeat > 1 and _keeps_shape(inference, node):
            taken = min(fewer, node.repeat - 1)
            fewer -= taken
            architecture = _with_repeat(architecture, node, node.repeat - taken)
    return architecture


def _resize_chain(architecture: Architecture, chain: list[Node], wanted: int) -> Architecture:
    """Adds or removes cells at a chain's end; what read its two newest outputs still does."""
    kept = chain[:wanted]
    last, before = kept[-1].id, kept[-1].inputs[0]
    added: list[Node] = []
    longer = architecture
    while len(kept) + len(added) < wanted:
        node = Node(new_id(longer, chain[-1].block), chain[-1].block, (last, before))
        added.append(node)
        longer = longer.with_nodes([*longer.nodes, node])
        last, before = node.id, last
    heirs = {chain[-1].id: last, chain[-1].inputs[0]: before}
    resized = _place_behind(architecture, chain, kept[-1], added, heirs)
    dropped = {node.id for node in chain[wanted:]}
    return resized.with_nodes([node for node in resized if node.id not in dropped])


def _place_behind(
    architecture: Architecture,
    stage: list[Node],
    last: Node,
    added: list[Node],
    heirs: dict[str, str],
) -> Architecture:
    """Puts nodes behind one of a stage; who stands outside the stage reads the heirs instead."""
    inside = {node.id for node in stage}
    nodes: list[Node] = []
    for node in architecture:
        inputs = tuple(heirs.get(source, source) for source in node.inputs)
        nodes.append(node if node.id in inside else replace(node, inputs=inputs))
        nodes += added if node.id == last.id else []
    return architecture.with_nodes_for(nodes, heirs)


def _with_repeat(architecture: Architecture, node: Node, repeat: int) -> Architecture:
    if repeat > MAX_REPEAT:
        raise EditError(
            f"{node.label}: received {repeat} repetitions, expected at most {MAX_REPEAT}",
            "scale the depth by less",
        )
    nodes = [replace(n, repeat=repeat) if n.id == node.id else n for n in architecture]
    return architecture.with_nodes(nodes)


def _keeps_shape(inference: Inference, node: Node) -> bool:
    traces = inference.nodes[node.id].traces
    return bool(traces) and traces[-1].input_shapes[0] == traces[-1].output_shape
