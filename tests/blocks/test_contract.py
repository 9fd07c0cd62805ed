"""What every block of the catalogue owes: documentation, defaults, ranges, files and code."""

import ast
import re
from collections.abc import Mapping
from inspect import signature
from typing import Any

import pytest
from hypothesis import given, settings

from builder.blocks.base import Block, Category, Layer
from builder.blocks.catalogue import CATEGORY_LABELS, block_type, catalogue
from builder.blocks.layers import LAYERS
from builder.blocks.module import Module
from builder.blocks.symbolic import trace
from builder.codegen.keras.function_source import function_source, with_dependencies
from builder.codegen.keras.model_source import model_source
from builder.files.architecture_file import from_json, to_json
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.system.errors import BuilderError, ParameterError, ShapeError
from tests.blocks.rows import ROWS
from tests.drawing import ANY_BLOCK, SHAPES, blocks

every_block = pytest.mark.parametrize("block", catalogue().values(), ids=list(catalogue()))
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
WEIGHTS = "Parameters and cost:"


def sections(block: type[Block]) -> set[str]:
    lines = (block.__doc__ or "").splitlines()
    return {line.strip() for line in lines if re.fullmatch(r"\s*[A-Z][a-z ]+:", line)}


@every_block
def test_documentation(block: type[Block]) -> None:
    assert re.fullmatch(r"\S.{10,98}\.", block.summary()), "one sentence, good for the palette"
    assert block.category in CATEGORY_LABELS
    if issubclass(block, Layer):
        assert {"Output shape:", "Reference:"} <= sections(block)
        has_weights = any(row.params for row in ROWS if row.block == block.type_name())
        assert (WEIGHTS in sections(block)) == has_weights
        assert (block.category is Category.IO) == (block.max_inputs == 0)
    else:
        assert block.category is Category.MODULE
        assert re.search(r"(19|20)\d\d\b|arXiv:|keras\.applications", block.__doc__ or "")


@every_block
def test_every_parameter_is_explained_and_limited(block: type[Block]) -> None:
    for parameter in block.parameters():
        assert parameter.help.endswith("."), f"{parameter.name} has no help"
        assert parameter.help[0].isupper() or not parameter.help[0].isalpha()
        _assert_limited(parameter.schema, parameter.schema.get("$defs", {}))


def _assert_limited(schema: Mapping[str, Any], known: dict[str, Any]) -> None:
    """Numbers have both ends, lists a largest length: a hostile file cannot ask for too much."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") in ("integer", "number"):
        assert {"minimum", "exclusiveMinimum"} & schema.keys(), schema
        assert {"maximum", "exclusiveMaximum"} & schema.keys(), schema
    if schema.get("type") == "array":
        assert "maxItems" in schema, schema
    parts = [schema.get("items"), *schema.get("prefixItems", []), *schema.get("anyOf", [])]
    parts += [*schema.get("oneOf", []), *schema.get("properties", {}).values()]
    for part in parts:
        if part:
            _assert_limited(part, known)


@every_block
def test_declaration(block: type[Block]) -> None:
    """The defaults are valid, a block cannot be changed, and unknown parameters are refused."""
    defaults = {parameter.name: parameter.default for parameter in block.parameters()}
    made = block.create({})
    assert made == block.create(defaults)
    assert hash(made) == hash(block.create(defaults))
    for name, value in defaults.items():
        with pytest.raises(AttributeError):
            setattr(made, name, value)
    with pytest.raises(ParameterError, match=rf"{block.type_name()}: there is no color, expected"):
        block.create({"color": "red"})


@every_block
def test_any_values_survive_a_file_and_are_described(block: type[Block]) -> None:
    @settings(max_examples=8)
    @given(blocks(block))
    def same(made: Block) -> None:
        architecture = Architecture("one", (Node("a", made),))
        assert from_json(to_json(architecture)) == architecture
        text = made.describe()
        assert "\n" not in text
        for parameter in block.parameters():
            value = getattr(made, parameter.name)
            if isinstance(value, int) and not isinstance(value, bool) and parameter.positional:
                assert str(value) in text

    same()


@every_block
def test_exported_call_parses(block: type[Block]) -> None:
    row = next(row for row in ROWS if row.block == block.type_name())
    nodes = [Node(f"image{i}", LAYERS["Input"].create({})) for i in range(len(row.inputs))]
    sources = tuple(node.id for node in nodes)
    if block.max_inputs == 0:
        nodes = []
    node = Node("made", block.create(row.given), sources)
    code = model_source(infer(Architecture("one", (*nodes, node))))
    calls = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call)]
    names = {n.func.attr if isinstance(n.func, ast.Attribute) else "" for n in calls}
    names |= {n.func.id for n in calls if isinstance(n.func, ast.Name)}
    assert block.type_name() in names


@pytest.mark.parametrize("name", [n for n, b in catalogue().items() if issubclass(b, Module)])
def test_a_modules_source_stands_alone(name: str) -> None:
    """Parameters as declared, no annotation left, and nothing read but Keras and other modules."""
    module = block_type(name)
    assert issubclass(module, Module)
    source = function_source(module)
    tree = ast.parse(source.text)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    arguments = [a for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for a in f.args.args]
    assert not any(argument.annotation for argument in arguments)
    names = [argument.arg for argument in function.args.args]
    assert names[module.min_inputs :] == [parameter.name for parameter in module.parameters()]
    assert ast.get_docstring(function)
    assert source.namespaces <= {"initializers", "layers", "regularizers"}
    order = [found.name for found in with_dependencies([module])]
    assert order[-1] == name
    assert {called.type_name() for called in source.calls} <= set(order)


@settings(max_examples=200)
@given(ANY_BLOCK, SHAPES, SHAPES)
def test_any_block_on_any_shapes_gives_shapes_or_a_shape_error(
    block: Block, first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    shapes = {0: (), 1: (first,)}.get(block.min_inputs, (first, second))
    try:
        found = trace(block, shapes)
    except ShapeError:
        return
    assert all(type(size) is int and size > 0 for size in found.output_shape)
    assert 0 <= found.trainable_params <= found.params
    assert found.macs >= 0
    assert found.activation_bytes > 0


@every_layer
def test_largest_parameters_are_refused_or_reckoned_at_once(layer: type[Layer]) -> None:
    """Nobody can ask for so much that a number cannot be written down any more."""
    largest = {p.name: _largest(p.schema) for p in layer.parameters()}
    made = [layer.create({})]
    for name, value in largest.items():
        if value is not None:
            made.append(layer.create({name: value}))
    big = (65_536, 65_536, 256)
    for block in made:
        shapes = (big,) * block.min_inputs
        try:
            text = f"{trace(block, shapes).params:,}"
        except BuilderError as error:
            text = str(error)
        assert 0 < len(text) < 400


def _largest(schema: Mapping[str, Any]) -> int | None:
    options = [schema, *schema.get("anyOf", [])]
    integers = (option for option in options if option.get("type") == "integer")
    found = (i.get("maximum", i.get("exclusiveMaximum", 0) - 1) for i in integers)
    return next(found, None)


@pytest.mark.keras
@every_layer
def test_defaults_are_those_of_keras(layer: type[Layer]) -> None:
    """What is left out of the code means the same in Keras; positional arguments never are."""
    import keras

    if layer.max_inputs == 0:
        return  # always written out
    theirs = signature(getattr(keras.layers, layer.type_name())).parameters
    positional = [name for name, p in theirs.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    for place, parameter in enumerate(layer.parameters()):
        assert parameter.name in theirs, f"Keras's {layer.type_name()} lacks {parameter.name}"
        if parameter.positional:
            assert positional[place] == parameter.name
        else:
            expected = theirs[parameter.name].default
            same_pair = (parameter.default, parameter.default) == expected
            same_name = str(parameter.default) == str(expected).lower()  # "Zeros" is "zeros"
            assert parameter.default == expected or same_pair or same_name, parameter.name
