"""Own blocks made of drawn networks and by hand: what they compute, and how they come apart."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from builder.blocks.base import Block
from builder.blocks.trace_record import LayerFacts
from builder.codegen.keras.script import to_script
from builder.custom_blocks.changing import redefine, rename_block
from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import define, group, unpack
from builder.files.architecture_file import from_json, to_json
from builder.gallery import TEMPLATES
from builder.gallery.template import Drawing, block, stack
from builder.network import edits
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.network.own_block import Definition, Exposed, OwnBlock, definitions_in
from builder.network.own_block_checks import check_name
from builder.network.own_block_type import own_block
from builder.network.topology import order
from builder.system.errors import BuilderError, EditError, FormatError, ParameterError
from tests.codegen.pretend_keras import execute
from tests.drawing import sound_networks


def network() -> Architecture:
    """A convolution, a pair of them behind a skip, and a head."""
    drawing = Drawing("net")
    drawing.place(block("Input", shape=(16, 16, 3)))
    stem = drawing.place(block("Conv2D", 8, padding="same"))
    first = drawing.place(block("Conv2D", 8, padding="same", activation="relu"))
    second = drawing.place(block("Conv2D", 8, padding="same"), first, name="second")
    drawing.place(block("Add"), second, stem)
    drawing.place(block("GlobalAveragePooling2D"))
    drawing.place(block("Dense", 10, activation="softmax"))
    return drawing.architecture


GOLDEN = Path(__file__).parents[1] / "golden"
PAIR = ("conv2d_2", "conv2d_3", "add_1")
FILTERS = Exposed("filters", (("conv2d_2", "filters"), ("conv2d_3", "filters")))


def grouped() -> Architecture:
    return group(network(), PAIR, "pair", [FILTERS], "Two convolutions behind a skip.")


def facts(architecture: Architecture) -> Counter[LayerFacts]:
    return Counter(call.facts for known in infer(architecture).used for call in known.layers)


def groups() -> Iterator[tuple[Architecture, Architecture]]:
    """Drawn networks, each before and after some neighbors became a block."""
    for architecture in sound_networks():
        nodes = [node.id for node in order(architecture)]
        for start in range(len(nodes)):
            for end in range(start + 1, min(start + 6, len(nodes)) + 1):
                chosen = nodes[start:end]
                exposed = candidates(architecture, chosen)[:3]
                try:
                    yield architecture, group(architecture, chosen, "own", exposed)
                except EditError:
                    continue


@pytest.mark.slow
def test_a_block_of_drawn_nodes_is_the_same_network() -> None:
    found = list(islice(groups(), 0, None, 5))
    assert len(found) > 40
    for before, after in found:
        old, new = infer(before), infer(after)
        assert not new.errors
        assert facts(after) == facts(before)
        assert new.output_shapes == old.output_shapes
        assert from_json(to_json(after)) == after
        own = next(node.id for node in after if isinstance(node.block, OwnBlock))
        assert facts(unpack(after, own)) == facts(before)
        assert infer(unpack(after, own)).receptive_field == old.receptive_field


@pytest.mark.slow
def test_the_exported_function_does_what_the_block_does() -> None:
    for before, after in islice(groups(), 2, 500, 10):
        assert Counter(execute(after).facts) == facts(before)


def test_the_content_is_named_and_the_rest_reads_the_block() -> None:
    architecture = grouped()
    assert [node.id for node in architecture] == [
        "input_1", "conv2d_1", "pair_1", "global_average_pooling2d_1", "dense_1"
    ]  # fmt: skip
    node = architecture.by_id["pair_1"]
    assert node.inputs == ("conv2d_1",)
    assert architecture.by_id["global_average_pooling2d_1"].inputs == ("pair_1",)
    assert isinstance(node.block, OwnBlock)
    assert [inner.id for inner in node.block.definition.nodes] == ["conv2d_2", "second", "add_1"]
    assert type(node.block).summary() == "Two convolutions behind a skip."
    assert [parameter.name for parameter in node.block.parameters()] == ["filters"]


def test_the_exported_function_reads_as_written_by_hand() -> None:
    twice = edits.repeat(grouped(), "pair_1", 2)
    script = to_script(twice)
    assert (
        '''
def pair(inputs, filters):
    """Two convolutions behind a skip."""
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.Add()([x, inputs])
    return x
'''
        in script
    )
    assert "    for _ in range(2):\n        x = pair(x, 8)\n" in script


def test_an_exposed_parameter_sets_all_that_it_names() -> None:
    plain = edits.disconnect(network(), "conv2d_1", "add_1")
    plain = edits.remove(plain, ["add_1"])
    block_of_two = group(plain, PAIR[:2], "pair", [FILTERS])
    wider = edits.set_parameters(block_of_two, "pair_1", {"filters": 20})
    layers = [call.facts.layer for call in infer(wider).nodes["pair_1"].layers]
    assert [layer.values()["filters"] for layer in layers] == [20, 20]
    assert infer(wider).nodes["pair_1"].output_shape == (16, 16, 20)
    assert facts(unpack(wider, "pair_1")) == facts(wider)


def test_repetitions_can_be_exposed() -> None:
    architecture = edits.repeat(
        stack("net", block("Input", shape=(8, 8, 4)), block("Conv2D", 4, padding="same")),
        "conv2d_1",
        3,
    )
    assert candidates(architecture, ["conv2d_1"])[1] == Exposed(
        "repeats", (("conv2d_1", "repeat"),)
    )
    made = group(architecture, ["conv2d_1"], "deep", candidates(architecture, ["conv2d_1"])[1:2])
    deeper = edits.set_parameters(made, "deep_1", {"repeats": 5})
    assert infer(deeper).num_layers == 6
    assert "    for _ in range(repeats):\n" in to_script(deeper)
    assert Counter(execute(deeper).facts) == facts(deeper)


def test_a_block_may_hold_own_blocks() -> None:
    outer = group(grouped(), ["conv2d_1", "pair_1"], "front")
    assert facts(outer) == facts(network())
    assert from_json(to_json(outer)) == outer
    script = to_script(outer)
    assert script.index("def pair(") < script.index("def front(")
    inside = unpack(outer, "front_1")
    assert [node.id for node in inside][1:3] == ["conv2d_1", "pair_1"]
    assert inside.by_id["pair_1"].block == grouped().by_id["pair_1"].block


def test_several_inputs_keep_their_order() -> None:
    drawing = Drawing("net")
    source = drawing.place(block("Input", shape=(8, 8, 4)))
    one = drawing.place(block("Conv2D", 4, 1), source)
    other = drawing.place(block("Conv2D", 4, 3, padding="same"), source)
    drawing.place(block("Subtract"), one, other)
    drawing.place(block("ReLU"))
    made = group(drawing.architecture, ["subtract_1", "re_lu_1"], "difference")
    assert made.by_id["difference_1"].inputs == (one, other)
    assert "def difference(inputs_1, inputs_2):" in to_script(made)
    assert "layers.Subtract()([inputs_1, inputs_2])" in to_script(made)
    assert facts(unpack(made, "difference_1")) == facts(drawing.architecture)


@pytest.mark.parametrize("name", ["resnet50", "nasnet_mobile", "se_residual_digits"])
def test_a_built_in_module_unpacks_into_its_layers(name: str) -> None:
    architecture = TEMPLATES[name].architecture
    before = infer(architecture)
    modules = [n.id for n in architecture if n.block.category == "module"]
    for node_id in modules[:3]:
        architecture = unpack(architecture, node_id)
        assert node_id not in architecture
    after = infer(architecture)
    assert (after.total_params, after.macs) == (before.total_params, before.macs)
    assert after.num_layers == before.num_layers
    assert after.output_shapes == before.output_shapes


def test_a_new_content_goes_everywhere() -> None:
    twice = edits.duplicate(grouped(), "pair_1")
    twice = edits.set_parameters(twice, "pair_2", {"filters": 8})
    outer = group(twice, ["pair_1"], "outer")
    new, _ = define(network(), ["conv2d_2"], "pair", [Exposed("filters", FILTERS.targets[:1])])
    changed = redefine(outer, new)
    classes = Counter(found.layer.class_name() for found in facts(changed).elements())
    assert (classes["Conv2D"], classes["Add"]) == (3, 0)
    with pytest.raises(EditError, match="this network has no block named 'pair'"):
        redefine(network(), new)


def test_a_block_is_renamed_wherever_it_stands() -> None:
    outer = edits.add(group(grouped(), ["pair_1"], "outer"), grouped().by_id["pair_1"].block)
    renamed = rename_block(outer, "pair", "twins")
    assert facts(renamed) == facts(outer)
    assert {own.name for own in definitions_in(renamed)} == {"twins", "outer"}
    assert from_json(to_json(renamed)) == renamed
    for name, message in [("outer", "is taken"), ("Conv2D", "already"), ("a b", "expected")]:
        with pytest.raises(EditError, match=message):
            rename_block(outer, "pair", name)


def test_a_node_may_be_called_as_the_block_that_it_holds() -> None:
    skipped = edits.rename(grouped(), "pair_1", "pair")
    skipped = edits.add(skipped, block("ReLU"), "pair_1")
    skipped = edits.add(skipped, block("Add"), "re_lu_1")
    skipped = edits.connect(skipped, "pair_1", "add_2" if "add_2" in skipped else "add_1")
    again = edits.duplicate(skipped, "pair_1")
    assert infer(again).ok
    assert Counter(execute(again).facts) == facts(again)


def test_nothing_that_a_script_uses_can_be_a_blocks_name() -> None:
    for path in sorted(GOLDEN.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        bound = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in tree.body:
            if isinstance(node, ast.Assign):
                bound |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            if isinstance(node, ast.Import | ast.ImportFrom):
                bound |= {alias.asname or alias.name for alias in node.names}
        assert {"build_model", "keras", "layers"} < bound
        for name in bound:
            with pytest.raises(EditError):
                check_name(name)


def test_two_blocks_of_one_name_are_never_saved() -> None:
    other, _ = define(network(), ["conv2d_2"], "pair")
    mixed = edits.add(grouped(), own_block(other).create({}), "pair_1")
    with pytest.raises(FormatError, match="two different blocks are named pair"):
        to_json(mixed)
    with pytest.raises(BuilderError, match="two different blocks are named pair"):
        to_script(mixed)


def test_a_value_that_an_inner_block_refuses_is_refused_at_once() -> None:
    architecture = stack(
        "net", block("Input", shape=(8, 8, 4)), block("Rescaling", 0.1), block("Dropout", 0.1)
    )
    exposed = Exposed("rate", (("rescaling_1", "scale"), ("dropout_1", "rate")))
    made = group(architecture, ["rescaling_1", "dropout_1"], "noise", [exposed])
    with pytest.raises(ParameterError, match=r"Dropout: rate: received 1\.5"):
        edits.set_parameters(made, "noise_1", {"rate": 1.5})


def _cut_off() -> Architecture:
    return edits.set_inputs(network(), "conv2d_2", [])


REFUSED: list[tuple[Callable[[], Architecture], str]] = [
    (lambda: group(network(), [], "own"), "nothing is selected"),
    (lambda: group(network(), ["gone"], "own"), "there is no node 'gone'"),
    (lambda: group(network(), ["input_1", "conv2d_1"], "own"), "feeds the network"),
    (lambda: group(network(), ["conv2d_1", "add_1"], "own"), "one output, these would have 2"),
    (lambda: group(network(), ["conv2d_2", "dense_1"], "own"), "one output, these would have 2"),
    (lambda: group(_cut_off(), ["conv2d_2"], "own"), "the selected blocks read nothing"),
    (lambda: group(network(), PAIR, "Conv2D"), "there is a block named Conv2D already"),
    (lambda: group(network(), PAIR, "main"), "main means something in the exported code"),
    (lambda: group(network(), PAIR, "range"), "range means something in the exported code"),
    (lambda: group(network(), PAIR, "inputs"), "inputs means something in the exported code"),
    (lambda: group(network(), PAIR, "a" * 65), "at most 64"),
    (lambda: group(network(), PAIR, "class"), "class means something in the exported code"),
    (lambda: group(network(), PAIR, "two words"), "name: received 'two words'"),
    (lambda: group(network(), PAIR, "own", [replace(FILTERS, name="values")]), "cannot be named"),
    (lambda: group(network(), PAIR, "own", [replace(FILTERS, name="x")]), "cannot be named"),
    (lambda: group(network(), PAIR, "own", [FILTERS, FILTERS]), "two parameters are named"),
    (lambda: group(network(), PAIR, "own", [replace(FILTERS, targets=())]), "sets nothing"),
    (lambda: group(grouped(), ["dense_1"], "pair"), "has another block named 'pair'"),
    (lambda: unpack(network(), "conv2d_1"), "conv2d_1 is a layer"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_refused(act: Callable[[], Architecture], message: str) -> None:
    with pytest.raises(BuilderError, match=message):
        act()


def test_a_path_around_the_selection_is_refused() -> None:
    drawing = Drawing("net")
    drawing.place(block("Input", shape=(8, 8, 4)))
    first = drawing.place(block("ReLU"))
    outside = drawing.place(block("Conv2D", 4, 1), first)
    drawing.place(block("Add"), first, outside)
    with pytest.raises(EditError, match="one output, these would have 2: re_lu_1, add_1"):
        group(drawing.architecture, ["re_lu_1", "add_1"], "own")


def definition(nodes: list[Node], output: str = "a") -> Definition:
    return Definition("own", tuple(nodes), output)


RELU: Block = block("ReLU")

CONTRADICTIONS: list[tuple[Definition, str]] = [
    (definition([Node("a", RELU, ("later",))]), "reads what does not stand in front"),
    (definition([Node("a", RELU)]), "a has 0 inputs, expected 1"),
    (definition([Node("a", block("Add"), ("inputs",))]), "a has 1 inputs, expected 2 or more"),
    (definition([Node("a", RELU, ("inputs",), "name")]), "has a second name"),
    (definition([Node("a", RELU, ("inputs",))] * 2), "'a' is there twice"),
    (definition([Node("a", RELU, ("inputs",))], "b"), "its output 'b' is not one of its blocks"),
    (definition([]), "expected 1 to 2,000 blocks inside"),
    (definition([Node("a", block("Input"))]), "cannot be inside a block"),
    (replace(definition([Node("a", RELU, ("inputs",))]), tensors=()), "expected 1 to 64 inputs"),
]


@pytest.mark.parametrize(("wrong", "message"), CONTRADICTIONS, ids=[m for _, m in CONTRADICTIONS])
def test_a_definition_that_contradicts_itself(wrong: Definition, message: str) -> None:
    with pytest.raises(EditError, match=message):
        own_block(wrong)


def nested(levels: int, times: int) -> Block:
    """An own block that holds one that holds one …, each several times in a row."""
    inner: Block = RELU
    for level in range(levels):
        nodes = (Node("a", inner, ("inputs",), repeat=times),)
        inner = own_block(Definition(f"level_{level}", nodes, "a")).create({})
    return inner


def test_blocks_cannot_multiply_without_end() -> None:
    assert nested(8, 1).type_name() == "level_7"
    with pytest.raises(EditError, match="8 levels deep at most"):
        nested(9, 1)
    with pytest.raises(EditError, match="more than 10,000 blocks"):
        nested(2, 200)
