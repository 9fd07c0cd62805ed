"""What hypothesis draws: parameters, blocks and whole networks, from the declarations themselves.

A block that is added to the catalogue is drawn without being named here.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

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
NAMES = st.sampled_from(["stem", "head", "branch", "x", "inputs", "layers", "lambda_", "filters"])


def parameter_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Valid values of a parameter, as a file holds them, its default among them."""
    drawn = _values(parameter.schema, parameter.schema.get("$defs", {}))
    return st.one_of(st.just(parameter.default), drawn)


@cache
def blocks(block: type[Block]) -> st.SearchStrategy[Block]:
    """Blocks of one type, with any parameters in range."""
    drawn = {p.name: parameter_values(p) for p in block.parameters()}
    return st.fixed_dictionaries({}, optional=drawn).map(block.create)


ANY_BLOCK = st.sampled_from(list(catalogue().values())).flatmap(blocks)


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
    for block in [draw(_sources()) for _ in range(draw(st.sampled_from([1, 1, 1, 2])))]:
        node = Node(new_id(architecture, block), block)
        architecture = architecture.with_nodes([*architecture.nodes, node])
        shapes[node.id] = trace(block, ()).output_shape
    for _ in range(draw(st.integers(most // 3, most))):
        node = draw(_nodes(architecture, shapes))
        output = _output_shape(node, shapes)
        if output is not None or not valid:
            architecture = architecture.with_nodes([*architecture.nodes, node])
            shapes[node.id] = output
    return draw(_finished(architecture, valid))


@st.composite
def stacks(draw: st.DrawFn) -> Architecture:
    """Stacks of like blocks that differ in a few parameters, as people write them in loops."""
    nodes = [Node("image", draw(_sources()))]
    shapes: dict[str, Shape | None] = {"image": trace(nodes[0].block, ()).output_shape}
    for _ in range(draw(st.integers(1, 3))):
        block = draw(ANY_BLOCK.filter(lambda block: block.max_inputs == 1))
        names = [parameter.name for parameter in block.parameters()]
        varied = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
        for _ in range(draw(st.integers(2, 5))):
            drawn = {p.name: parameter_values(p) for p in block.parameters() if p.name in varied}
            values = block.values() | draw(st.fixed_dictionaries(drawn))
            node = Node(f"n{len(nodes)}", block.create(values), (nodes[-1].id,))
            shapes[node.id] = _output_shape(node, shapes)
            if shapes[node.id] is not None:
                nodes.append(node)
    return Architecture("stack", tuple(nodes))


def _sources() -> st.SearchStrategy[Block]:
    create = catalogue()["Input"].create
    return IMAGES.map(lambda shape: create({"shape": shape}))


@st.composite
def _nodes(draw: st.DrawFn, architecture: Architecture, shapes: Mapping[str, Shape | None]) -> Node:
    """One more node: of any type, or like the one before it, so that there is something to loop."""
    last = architecture.nodes[-1]
    like_last = last.block.max_inputs != 0 and draw(st.integers(0, 2)) == 0
    if like_last:
        block = draw(_like(last.block))
    else:
        block = draw(ANY_BLOCK.filter(lambda block: block.max_inputs != 0))
    if like_last and last.block.max_inputs == 2 and len(last.inputs) == 2:
        return Node(new_id(architecture, block), block, (last.id, last.inputs[0]))
    ids = [node.id for node in architecture]
    inputs = [draw(st.sampled_from([last.id] * 3 + ids))]
    if block.max_inputs != 1:
        alike = [i for i in ids if shapes[i] and shapes[i] == shapes[inputs[0]] and i != inputs[0]]
        others = st.sampled_from(alike or ids)
        inputs += draw(st.lists(others, min_size=1, max_size=(block.max_inputs or 4) - 1))
    taken = {node.name for node in architecture}
    name = "" if like_last else draw(st.sampled_from(["", "", ""]) | NAMES)
    return Node(
        id=new_id(architecture, block),
        block=block,
        inputs=tuple(inputs),
        name="" if name in taken else name,
        repeat=draw(st.sampled_from([1, 1, 1, 2, 3])) if block.max_inputs == 1 else 1,
    )


@st.composite
def _like(draw: st.DrawFn, block: Block) -> Block:
    """The same block, or one that differs in a parameter or two."""
    values = block.values()
    parameters = st.sampled_from(block.parameters() or (None,))
    for parameter in draw(st.lists(parameters, max_size=2)):
        if parameter is not None:
            values[parameter.name] = draw(parameter_values(parameter))
    return block.create(values)


@st.composite
def _finished(draw: st.DrawFn, architecture: Architecture, valid: bool) -> Architecture:
    """Chooses outputs and an order of the stack; neither changes what the nodes compute."""
    ids = [node.id for node in architecture if node.block.max_inputs != 0]
    outputs: list[str] = []
    if ids and draw(st.integers(0, 3)) == 0:
        outputs = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True))
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
    return replace(node, inputs=tuple(draw(st.lists(st.sampled_from(ids), max_size=3))))


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
