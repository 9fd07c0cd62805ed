"""Networks whose names meet: nodes, own blocks, their inputs and parameters named alike.

The names are drawn from those that generated code uses itself, from Python's words, and from the
names that giving way leads to (`x_`, `filters_`). Own blocks hold each other, hand parameters down,
and stand in loops, repetitions and chains.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from hypothesis import assume
from hypothesis import strategies as st

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.blocks.shape_codes import ShapeCode
from builder.network.architecture import Architecture, Node
from builder.network.inference import Inference, infer
from builder.network.own_block import REPEAT, Definition, Exposed, OwnBlock
from builder.network.own_block_type import own_block

WORDS = """
    keras layers np ops os functools class match inputs outputs model range int x previous new i
    filters width stem pair class_ filters_ x_ stem_ layers_ load_data split train main Batches
    build_model NAME SEED kernel_size conv_bn_relu Conv2D type lambda None history data show
""".split()
"""What nodes, own blocks and their inputs are called."""

_TOO_LARGE = (ShapeCode.TOO_MANY_VALUES, ShapeCode.TOO_MANY_WEIGHTS)

PARAMETERS = ["filters", "width", "stem", "pair", "class_", "filters_", "x_", "layers_", "repeats"]
"""What own blocks' parameters are called; words of Python and of scripts are refused there."""

FEW = st.integers(1, 3)
VALUES = st.lists(FEW, min_size=1, max_size=4)
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)
UP_TO_TWO, ONE_TO_TWO = st.integers(0, 2), st.integers(1, 2)
ONE_OR_TWO = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True)

_LAYERS = ("Conv2D", "Conv2D", "Concatenate", "conv_bn_relu")
T = TypeVar("T")

MAX_DRAWN = 150
"""Layers of a drawn network."""


@st.composite
def colliding_networks(draw: st.DrawFn) -> Architecture:
    """Networks of one or two images, with up to four own blocks."""
    own: list[type[OwnBlock]] = []
    for name in draw(NAMES):
        own.append(_own_block(draw, name, own))
    sources = tuple(
        Node(name, block_type("Input").create({"shape": (6, 6, 2)})) for name in draw(ONE_OR_TWO)
    )
    content = _contents(draw, [source.id for source in sources], own, most=8)
    # Ids stay as they are, or become names of a person's own.
    nodes = [*sources, *content]
    if draw(st.booleans()):
        names = {node.id: f"node_{place}" for place, node in enumerate(nodes)}
        nodes = [
            replace(
                node,
                id=names[node.id],
                name=node.id if draw(st.booleans()) else "",
                inputs=tuple(names[source] for source in node.inputs),
            )
            for node in nodes
        ]
    architecture = Architecture("names", tuple(nodes))
    inference = infer(architecture)
    too_large = any(issue.problem.innermost.code in _TOO_LARGE for issue in inference.errors)
    small = inference.num_layers < MAX_DRAWN and inference.activation_bytes < 2**20
    assume(small and not too_large and any(isinstance(node.block, OwnBlock) for node in nodes))
    return architecture


def _one(draw: st.DrawFn, options: Sequence[T]) -> T:
    """One of some options that differ from draw to draw: hypothesis looks at each new strategy."""
    return options[draw(st.integers(0, len(options) - 1))]


def _own_block(draw: st.DrawFn, name: str, own: Sequence[type[OwnBlock]]) -> type[OwnBlock]:
    """An own block with one or two inputs, made of layers and of blocks that are there already."""
    tensors = draw(ONE_OR_TWO)
    nodes = _contents(draw, tensors, own, most=4)
    called = {node.block.type_name() for node in nodes}
    free = [n for n in PARAMETERS if n not in {*tensors, *called}]
    targets = [
        (node.id, parameter)
        for node in nodes
        for parameter in (*_widths(node.block), *([REPEAT] if node.block.max_inputs == 1 else []))
    ]
    parameters: list[Exposed] = []
    for _ in range(draw(UP_TO_TWO)):
        if targets:
            chosen = [_taken(draw, targets) for _ in range(min(draw(ONE_TO_TWO), len(targets)))]
            parameters.append(Exposed(_taken(draw, free), tuple(chosen)))
    return own_block(Definition(name, nodes, nodes[-1].id, tuple(tensors), tuple(parameters)))


def _taken(draw: st.DrawFn, options: list[T]) -> T:
    """One of some options, which is none of them any more."""
    return options.pop(draw(st.integers(0, len(options) - 1)))


def _widths(block: Block) -> list[str]:
    """The parameters that take a small whole number."""
    if isinstance(block, OwnBlock):
        return [parameter.name for parameter in block.parameters()]
    return [p.name for p in block.parameters() if p.name in ("filters", "kernel_size")]


def _contents(
    draw: st.DrawFn, sources: Sequence[str], own: Sequence[type[OwnBlock]], most: int
) -> tuple[Node, ...]:
    """Nodes that each read the one before, so that none is of no use; the first reads all."""
    nodes: list[Node] = []
    known = list(sources)
    if len(sources) > 1:
        free = _one(draw, [name for name in WORDS if name not in known])
        nodes.append(Node(free, block_type("Concatenate").create({}), tuple(sources)))
        known.append(free)
    for _ in range(draw(st.integers(1, most))):
        block = _block(draw, own)
        for values in draw(VALUES):
            alike = _like(block, values)
            free = _one(draw, [name for name in WORDS if name not in known])
            inputs: tuple[str, ...] = (known[-1],)
            if block.max_inputs != 1:
                before = nodes[-1].inputs[0] if nodes and len(nodes[-1].inputs) == 2 else None
                inputs = (known[-1], before or _one(draw, known))
            repeat = _one(draw, (1, 1, 1, 2)) if block.max_inputs == 1 else 1
            nodes.append(Node(free, alike, inputs, repeat=repeat))
            known.append(free)
    return tuple(nodes)


def _block(draw: st.DrawFn, own: Sequence[type[OwnBlock]]) -> Block:
    own_or_not: list[type[OwnBlock] | str] = [*_LAYERS, *own, *own, *own]
    made = _one(draw, own_or_not)
    if not isinstance(made, str):
        return made.create({})
    values = {"filters": draw(FEW)} if made != "Concatenate" else {}
    return block_type(made).create(values | ({"padding": "same"} if made == "Conv2D" else {}))


def _like(block: Block, value: int) -> Block:
    """The same block with another value of its first parameter that takes a small number."""
    names = _widths(block)[:1]
    return type(block).create(block.values() | dict.fromkeys(names, value)) if names else block


def wiring(inference: Inference) -> list[tuple[int, ...]]:
    """For each layer of a network, in the order of making, the places of those that it reads."""
    found: list[tuple[int, ...]] = []
    outputs: dict[str, int] = {}
    for known in inference.used:
        sources = [outputs[source] for source in known.node.inputs]
        for trace in known.traces:
            start = len(found)
            found += [
                tuple(start + k if k >= 0 else sources[-1 - k] for k in call.inputs)
                for call in trace.calls
            ]
            output = start + trace.output if trace.output >= 0 else sources[-1 - trace.output]
            sources = [output]
        outputs[known.node.id] = sources[0]
    return found
