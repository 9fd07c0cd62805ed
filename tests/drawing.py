"""What hypothesis draws: parameters, blocks and whole networks, from the declarations themselves.

A block that is added to the catalogue is drawn without being named here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from builder.blocks.base import Block
from builder.blocks.catalogue import catalogue
from builder.blocks.costs import Weight
from builder.blocks.parameter import Parameter
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import BlockTrace
from builder.blocks.types import Shape
from builder.network.architecture import Architecture, Node
from builder.network.edits import new_id
from builder.network.inference import infer
from builder.system.errors import ShapeError

T = TypeVar("T")

MOST = 9
"""The largest whole number that is drawn for a parameter: networks stay small."""

FEW = 3
"""Half of the numbers are no larger than this, so that windows often fit."""

MAX_PARAMS = 100_000
MAX_VALUES = 50_000

SIZES = st.integers(1, 12)
IMAGES = st.tuples(SIZES, SIZES, st.sampled_from([1, 2, 3, 4, 6, 8]))
SHAPES: st.SearchStrategy[Shape] = st.one_of(
    IMAGES, IMAGES, st.lists(SIZES, min_size=1, max_size=4).map(tuple)
)
NAME_OR_NONE = st.sampled_from(["", "", ""]) | st.sampled_from(
    ["stem", "head", "branch", "x", "inputs", "layers", "lambda_", "filters"]
)


def parameter_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Valid values of a parameter, as a file holds them, its default among them."""
    drawn = _values(parameter.schema, parameter.schema.get("$defs", {}))
    return st.one_of(st.just(parameter.default), drawn)


@cache
def _values_of(block: type[Block]) -> dict[str, st.SearchStrategy[Any]]:
    """Values of each of a block's parameters, made once: hypothesis examines each new strategy."""
    return {p.name: parameter_values(p) for p in block.parameters()}


@cache
def blocks(block: type[Block]) -> st.SearchStrategy[Block]:
    """Blocks of one type, with any parameters in range."""
    return st.fixed_dictionaries({}, optional=_values_of(block)).map(block.create)


def _blocks_that(read: Callable[[int | None], bool]) -> st.SearchStrategy[Block]:
    """Any blocks whose largest number of inputs is one of those that are asked for."""
    kinds = [block for block in catalogue().values() if read(block.max_inputs)]
    return st.sampled_from(kinds).flatmap(blocks)


ANY_BLOCK = _blocks_that(lambda _: True)
NO_SOURCE = _blocks_that(lambda inputs: inputs != 0)
WITH_ONE_INPUT = _blocks_that(lambda inputs: inputs == 1)
SOURCES = IMAGES.map(lambda shape: catalogue()["Input"].create({"shape": shape}))


def _one(draw: st.DrawFn, options: Sequence[T]) -> T:
    """One of some options that differ from draw to draw."""
    return options[draw(st.integers(0, len(options) - 1))]


@st.composite
def networks(draw: st.DrawFn, valid: bool = True, most: int = 12) -> Architecture:
    """Networks of a few nodes: chains, skips, merges, repeats, names, unused nodes, many outputs.

    Args:
        draw: Given by hypothesis.
        valid: Whether blocks that do not fit are left out, so that the network can be built.
        most: The largest number of blocks that are tried behind the first Input.
    """
    architecture = Architecture("drawn")
    shapes: dict[str, Shape | None] = {}
    for block in [draw(SOURCES) for _ in range(_one(draw, (1, 1, 1, 2)))]:
        node = Node(new_id(architecture, block), block)
        architecture = architecture.with_nodes([*architecture.nodes, node])
        shapes[node.id] = trace(block, ()).output_shape
    for _ in range(draw(st.integers(most // 3, most))):
        node = _node(draw, architecture, shapes)
        output = _output_shape(node, shapes)
        if output is not None or not valid:
            architecture = architecture.with_nodes([*architecture.nodes, node])
            shapes[node.id] = output
    return _finished(draw, architecture, valid)


@st.composite
def stacks(draw: st.DrawFn) -> Architecture:
    """Stacks of like blocks that differ in a few parameters, as people write them in loops."""
    nodes = [Node("image", draw(SOURCES))]
    shapes: dict[str, Shape | None] = {"image": trace(nodes[0].block, ()).output_shape}
    for _ in range(draw(st.integers(1, 3))):
        block = draw(WITH_ONE_INPUT)
        names = list(_values_of(type(block)))
        varied = [_one(draw, names) for _ in range(draw(st.integers(0, 3)) if names else 0)]
        for _ in range(draw(st.integers(2, 5))):
            drawn = _values_of(type(block))
            values = block.values() | {name: draw(drawn[name]) for name in varied}
            node = Node(f"n{len(nodes)}", block.create(values), (nodes[-1].id,))
            shapes[node.id] = _output_shape(node, shapes)
            if shapes[node.id] is not None:
                nodes.append(node)
    return Architecture("stack", tuple(nodes))


def _node(draw: st.DrawFn, architecture: Architecture, shapes: Mapping[str, Shape | None]) -> Node:
    """One more node: of any type, or like the one before it, so that there is something to loop."""
    last = architecture.nodes[-1]
    like_last = last.block.max_inputs != 0 and draw(st.integers(0, 2)) == 0
    block = _like(draw, last.block) if like_last else draw(NO_SOURCE)
    if like_last and last.block.max_inputs == 2 and len(last.inputs) == 2:
        return Node(new_id(architecture, block), block, (last.id, last.inputs[0]))
    ids = [node.id for node in architecture]
    inputs = [_one(draw, [last.id] * 3 + ids)]
    if block.max_inputs != 1:
        alike = [i for i in ids if shapes[i] and shapes[i] == shapes[inputs[0]] and i != inputs[0]]
        number = draw(st.integers(1, (block.max_inputs or 4) - 1))
        inputs += [_one(draw, alike or ids) for _ in range(number)]
    taken = {node.name for node in architecture}
    name = "" if like_last else draw(NAME_OR_NONE)
    return Node(
        id=new_id(architecture, block),
        block=block,
        inputs=tuple(inputs),
        name="" if name in taken else name,
        repeat=_one(draw, (1, 1, 1, 2, 3)) if block.max_inputs == 1 else 1,
    )


def _like(draw: st.DrawFn, block: Block) -> Block:
    """The same block, or one that differs in a parameter or two."""
    drawn = _values_of(type(block))
    values = block.values()
    for _ in range(draw(st.integers(0, 2)) if drawn else 0):
        name = _one(draw, list(drawn))
        values[name] = draw(drawn[name])
    return block.create(values)


def _finished(draw: st.DrawFn, architecture: Architecture, valid: bool) -> Architecture:
    """Chooses outputs and an order of the stack; neither changes what the nodes compute."""
    ids = [node.id for node in architecture if node.block.max_inputs != 0]
    outputs: list[str] = []
    if ids and draw(st.integers(0, 3)) == 0:
        outputs = list(dict.fromkeys(_one(draw, ids) for _ in range(draw(st.integers(1, 2)))))
    if draw(st.integers(0, 3)) == 0:
        outputs = outputs or [architecture.nodes[-1].id]
        nodes = draw(st.permutations(architecture.nodes))
        architecture = architecture.with_nodes(nodes)
    if not valid and draw(st.booleans()):
        architecture = architecture.with_nodes(
            [_rewired(draw, node, architecture) for node in architecture]
        )
    return replace(architecture, outputs=tuple(outputs))


def _rewired(draw: st.DrawFn, node: Node, architecture: Architecture) -> Node:
    """The node, at times with other inputs: cycles, missing and surplus ones."""
    if draw(st.integers(0, 4)):
        return node
    ids = [other.id for other in architecture] + ["missing"]
    return replace(node, inputs=tuple(_one(draw, ids) for _ in range(draw(st.integers(0, 3)))))


def _output_shape(node: Node, shapes: Mapping[str, Shape | None]) -> Shape | None:
    inputs = [shapes[source] for source in node.inputs]
    if None in inputs:
        return None
    try:
        traces: list[BlockTrace] = [trace(node.block, tuple(s for s in inputs if s is not None))]
        for _ in range(node.repeat - 1):
            traces.append(trace(node.block, (traces[-1].output_shape,)))
    except ShapeError:
        return None
    small = all(t.params < MAX_PARAMS and t.activation_bytes < 4 * MAX_VALUES for t in traces)
    return traces[-1].output_shape if small else None


def sizes(weights: tuple[Weight, ...]) -> list[tuple[Shape, bool]]:
    """The shapes of some weights, and whether they are trained."""
    return [(weight.shape, weight.trainable) for weight in weights]


def _values(schema: Mapping[str, Any], known: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _values(known[schema["$ref"].rpartition("/")[2]], known)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            options = schema[union]
            if options[0].get("type") == "string":  # initializers: names draw as much as settings
                options = options[:1]
            return st.one_of([_values(option, known) for option in options])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    return _BY_TYPE[schema["type"]](schema, known)


def _integers(schema: Mapping[str, Any], _: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    low = schema["minimum"]
    high = min(schema.get("maximum", MOST), MOST)
    return st.integers(low, min(high, FEW)) | st.integers(low, high)


def _numbers(schema: Mapping[str, Any], _: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    return st.floats(low, schema["maximum"], exclude_min="exclusiveMinimum" in schema)


def _arrays(schema: Mapping[str, Any], known: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "prefixItems" in schema:
        return st.tuples(*(_values(item, known) for item in schema["prefixItems"]))
    items = _values(schema["items"], known)
    return st.lists(items, min_size=schema["minItems"], max_size=schema["maxItems"]).map(tuple)


def _objects(schema: Mapping[str, Any], known: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {name: _values(item, known) for name, item in schema["properties"].items()}
    )


_BY_TYPE = {
    "integer": _integers,
    "number": _numbers,
    "boolean": lambda schema, known: st.booleans(),
    "null": lambda schema, known: st.none(),
    "array": _arrays,
    "object": _objects,
}


def _drawn(strategy: st.SearchStrategy[Architecture], number: int) -> tuple[Architecture, ...]:
    found: list[Architecture] = []

    @settings(max_examples=number, phases=[Phase.generate])
    @given(strategy)
    def collect(architecture: Architecture) -> None:
        found.append(architecture)

    collect()
    return tuple(dict.fromkeys(found))


@cache
def sound_networks() -> tuple[Architecture, ...]:
    """Some networks that can be built, drawn once for all tests that look at many."""
    drawn = _drawn(networks() | stacks(), 60)
    return tuple(architecture for architecture in drawn if infer(architecture).ok)


@cache
def any_networks() -> tuple[Architecture, ...]:
    """Some networks, sound and broken, drawn once for all tests that look at many."""
    return _drawn(networks(valid=False), 60)
