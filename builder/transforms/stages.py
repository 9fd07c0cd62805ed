"""Stages, where a network repeats a block, and how to make them longer or shorter.

A stage is neighboring nodes of one block with the same numbers of channels. It is made longer by
repeating a node that keeps its shape; if none does, one that does is added after it:

    residual_block(32) on 8×8×32      →  the same, ×2
    residual_block(64, pooling=True)  →  the same, and residual_block(64) after it

A single block is a stage of one, unless something bars it: `Bar` lists the reasons. A chain of
cells that each read the two outputs before them is a stage too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from builder.blocks.base import Block, Category
from builder.blocks.parameter import Role
from builder.blocks.symbolic import trace
from builder.network.architecture import MAX_REPEAT, Architecture, Node
from builder.network.edits import new_id
from builder.network.inference import Inference, NodeInference, infer
from builder.network.own_block import OwnBlock
from builder.system.errors import BuilderError, EditError
from builder.system.sentences import SentenceCode
from builder.transforms.stems import chooses_width, has_role, heads, stems, values_of

_CATEGORIES = (Category.MODULE, Category.CONVOLUTION)
_KEEPS_SIZE = {"strides": 1, "pooling": False}


class ScalingCode(SentenceCode):
    """Why a network is not scaled: codes of `EditError`, with their words."""

    WRONG_FACTOR = "{factor}: received {received}, expected a number above 0 and below {most:,}"
    DOES_NOT_SCALE = "{node}: {inner.message}", "scale by less"
    TOO_MANY_REPETITIONS = (
        "{node}: received {received} repetitions, expected at most {most}",
        "scale the depth by less",
    )


class Bar(StrEnum):
    """Why a block cannot be repeated more often."""

    STEM = "stem"
    """It reads the image, at its full size."""
    HEAD = "head"
    """It is the network's output."""
    RESHAPES = "reshapes"
    """Its output never has the shape of its input, even with strides of 1 and no pooling."""
    LINEAR = "linear"
    """It is a layer without an activation: two in a row compute no more than one."""
    CHAINED = "chained"
    """It reads two inputs and is single: only a chain shows how several are joined."""


@dataclass(frozen=True, slots=True)
class _Stage:
    nodes: list[Node]
    bars: dict[str, Bar | None]


def resize_stages(architecture: Architecture, resize: Callable[[int], int]) -> Architecture:
    """Gives each stage another number of blocks.

    Args:
        architecture: The network.
        resize: Maps a stage's number of blocks to the wanted one, at least 1.

    Raises:
        EditError: A block would be repeated more often than a node can say.
    """
    inference = infer(architecture)
    for stage in _stages(inference):
        if any(stage.bars.values()):
            continue
        nodes, now = stage.nodes, sum(node.repeat for node in stage.nodes)
        wanted = resize(now)
        if nodes[0].block.max_inputs == 2:
            architecture = _resize_chain(architecture, nodes, wanted)
        elif wanted > now:
            architecture = _lengthen(architecture, inference, nodes, wanted - now)
        elif wanted < now:
            architecture = _shorten(architecture, inference, nodes, now - wanted)
    return architecture


def bars(inference: Inference) -> dict[str, Bar]:
    """Why nodes cannot be repeated, by the ids of those that cannot."""
    found: dict[str, Bar] = {}
    for stage in _stages(inference):
        found |= {node_id: bar for node_id, bar in stage.bars.items() if bar is not None}
    return found


def _stages(inference: Inference) -> Iterator[_Stage]:
    begin, end = stems(inference), heads(inference.architecture)
    for run in _runs(inference):
        for _, nodes in groupby(run, lambda node: values_of(node.block, Role.WIDTH)):
            stage = list(nodes)
            single = sum(node.repeat for node in stage) == 1
            bar = _bar(inference, stage)
            if single and stage[0].block.max_inputs == 2:
                bar = Bar.CHAINED
            elif single and stage[0].id in end and (bar is not None or _is_layer(stage[0])):
                bar = Bar.HEAD
            elif single and len(run) == 1 and stage[0].id in begin:
                bar = Bar.STEM
            elif single and len(run) == 1 and _is_linear(stage[0]):
                bar = Bar.LINEAR
            yield _Stage(stage, {node.id: bar for node in stage})


def _bar(inference: Inference, stage: list[Node]) -> Bar | None:
    """Why a stage cannot grow, regardless of what is around it."""
    if any(_keeps_shape(inference, node) for node in stage):
        return None
    if stage[0].block.max_inputs == 1 and _behind(inference, stage[-1]) is not None:
        return None
    return Bar.RESHAPES


def _runs(inference: Inference) -> Iterator[list[Node]]:
    """Neighboring nodes of one block, each reading the one before it, or the two before it."""
    run: list[Node] = []
    for known in inference.nodes.values():
        node = known.node
        can_repeat = _can_repeat(known)
        if run and not (can_repeat and _follows(run[-1], node)):
            yield run
            run = []
        if can_repeat:
            run.append(node)
    if run:
        yield run


def _can_repeat(known: NodeInference) -> bool:
    """Whether a node is worth repeating and does not count its repetitions itself."""
    block = known.node.block
    return (
        block.category in _CATEGORIES
        and block.max_inputs in (1, 2)
        and chooses_width(block)
        and not _grows_inside(known.node)
    )


def _grows_inside(node: Node) -> bool:
    """Whether the block itself controls its depth, by a parameter or by its inner nodes."""
    if has_role(node.block, Role.DEPTH):
        return True
    inner = node.block.definition.nodes if isinstance(node.block, OwnBlock) else ()
    return any(inside.repeat > 1 or _grows_inside(inside) for inside in inner)


def _is_layer(node: Node) -> bool:
    return node.block.category is not Category.MODULE


def _is_linear(node: Node) -> bool:
    """Whether it is a layer without an activation; two in a row compute no more than one."""
    return _is_layer(node) and getattr(node.block, "activation", None) in (None, "linear")


def _follows(before: Node, node: Node) -> bool:
    if type(node.block) is not type(before.block):
        return False
    if node.block.max_inputs == 1:
        return node.inputs == (before.id,)
    return node.inputs == (before.id, *before.inputs[:1])


def _lengthen(
    architecture: Architecture, inference: Inference, stage: list[Node], extra: int
) -> Architecture:
    """Repeats the stage's last node that keeps its shape, or adds one that does."""
    for node in reversed(stage):
        if _keeps_shape(inference, node):
            return _with_repeat(architecture, node, node.repeat + extra)
    last = stage[-1]
    block = _behind(inference, last)
    if block is None:
        return architecture
    added = Node(new_id(architecture, block), block, (last.id,))
    longer = _place_behind(architecture, stage, last, [added], {last.id: added.id})
    return _with_repeat(longer, added, extra)


def _behind(inference: Inference, last: Node) -> Block | None:
    """The node's block, changed to keep the shape of the node's output; None where it cannot."""
    shape = inference.nodes[last.id].output_shape
    names = {parameter.name for parameter in last.block.parameters()}
    changes = {name: value for name, value in _KEEPS_SIZE.items() if name in names}
    try:
        block = type(last.block).create(last.block.values() | changes)
        keeps = shape is not None and trace(block, (shape,)).output_shape == shape
    except BuilderError:
        return None
    return block if keeps else None


def _shorten(
    architecture: Architecture, inference: Inference, stage: list[Node], fewer: int
) -> Architecture:
    """Removes repetitions from the nodes that keep their shape, the last ones first."""
    for node in reversed(stage):
        if fewer and node.repeat > 1 and _keeps_shape(inference, node):
            taken = min(fewer, node.repeat - 1)
            fewer -= taken
            architecture = _with_repeat(architecture, node, node.repeat - taken)
    return architecture


def _resize_chain(architecture: Architecture, chain: list[Node], wanted: int) -> Architecture:
    """Adds or removes cells at a chain's end; readers of its two last outputs still read them."""
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
    """Places nodes after one of a stage; readers outside the stage read the heirs instead."""
    inside = {node.id for node in stage}
    nodes: list[Node] = []
    for node in architecture:
        inputs = tuple(heirs.get(source, source) for source in node.inputs)
        nodes.append(node if node.id in inside else replace(node, inputs=inputs))
        nodes += added if node.id == last.id else []
    return architecture.with_nodes_for(nodes, heirs)


def _with_repeat(architecture: Architecture, node: Node, repeat: int) -> Architecture:
    if repeat > MAX_REPEAT:
        code = ScalingCode.TOO_MANY_REPETITIONS
        raise EditError(code, node=node.label, received=repeat, most=MAX_REPEAT)
    nodes = [replace(n, repeat=repeat) if n.id == node.id else n for n in architecture]
    return architecture.with_nodes(nodes)


def _keeps_shape(inference: Inference, node: Node) -> bool:
    traces = inference.nodes[node.id].traces
    return bool(traces) and traces[-1].input_shapes[0] == traces[-1].output_shape
