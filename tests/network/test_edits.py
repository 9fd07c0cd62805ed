"""Edits: what each does to the graph, and what each refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.files.architecture_file import from_json, to_json
from builder.network import edits, insertion
from builder.network.architecture import MAX_INPUTS, MAX_NODES, MAX_REPEAT, Architecture
from builder.system.errors import EditError, ParameterError
from tests.broken import IMAGE, net

CHAIN = net(IMAGE, ("a", "Conv2D"), ("b", "ReLU"), ("c", "Flatten"))
SKIP = net(IMAGE, ("a", "ReLU"), ("b", "ReLU"), ("sum", "Add", {}, ("b", "image")))
TWICE = net(IMAGE, ("a", "ReLU"), ("sum", "Add", {}, ("image", "a", "image")))


def block(name: str, **parameters: Any) -> Block:
    return block_type(name).create(parameters)


def wiring(architecture: Architecture) -> str:
    """The graph in one line: `image a(image) sum(b,image)`."""
    return " ".join(
        f"{node.id}({','.join(node.inputs)})" if node.inputs else node.id for node in architecture
    )


Edit = Callable[[Architecture], Architecture]

EDITS: list[tuple[str, Architecture, Edit, str]] = [
    (
        "add at the end",
        CHAIN,
        lambda a: edits.add(a, block("Dense")),
        "image a(image) b(a) c(b) dense_1(c)",
    ),
    (
        "add in between",
        CHAIN,
        lambda a: edits.add(a, block("Dropout"), "a"),
        "image a(image) dropout_1(a) b(dropout_1) c(b)",
    ),
    (
        "skips keep reading where they read",
        SKIP,
        lambda a: edits.add(a, block("Dropout"), "image"),
        "image dropout_1(image) a(dropout_1) b(a) sum(b,image)",
    ),
    (
        "add into nothing",
        net(),
        lambda a: edits.add(a, block("Conv2D")),
        "conv2d_1",
    ),
    (
        "an Input without a place goes to the top",
        CHAIN,
        lambda a: edits.add(a, block("Input")),
        "input_1 image a(image) b(a) c(b)",
    ),
    (
        "an Input in between leaves the connection",
        CHAIN,
        lambda a: edits.add(a, block("Input"), "a"),
        "image a(image) input_1 b(a) c(b)",
    ),
    (
        "add at the top",
        net(("a", "ReLU", {}, ())),
        lambda a: insertion.add_first(a, block("Input")),
        "input_1 a(input_1)",
    ),
    (
        "add at the top of a stack that has an Input",
        CHAIN,
        lambda a: insertion.add_first(a, block("Input")),
        "input_1 image a(image) b(a) c(b)",
    ),
    (
        "add on a skip",
        SKIP,
        lambda a: insertion.add_on_edge(a, block("Conv2D"), "image", "sum"),
        "image a(image) b(a) conv2d_1(image) sum(b,conv2d_1)",
    ),
    (
        "add on one of two connections between the same nodes",
        TWICE,
        lambda a: insertion.add_on_edge(a, block("Conv2D"), "image", "sum", 2),
        "image a(image) conv2d_1(image) sum(image,a,conv2d_1)",
    ),
    (
        "attach reads one node and changes nothing else",
        CHAIN,
        lambda a: insertion.attach(a, block("Dropout"), "a", None),
        "image a(image) dropout_1(a) b(a) c(b)",
    ),
    (
        "attach behind the end goes on from it",
        CHAIN,
        lambda a: insertion.attach(a, block("Dense"), "c", None),
        "image a(image) b(a) c(b) dense_1(c)",
    ),
    (
        "attach in front of a merge adds to its inputs",
        SKIP,
        lambda a: insertion.attach(a, block("Conv2D"), None, "sum"),
        "image a(image) b(a) conv2d_1 sum(b,image,conv2d_1)",
    ),
    (
        "attach in front of another block takes its input's place",
        CHAIN,
        lambda a: insertion.attach(a, block("Input"), None, "b"),
        "image a(image) input_1 b(input_1) c(b)",
    ),
    (
        "attach between two nodes that stay connected",
        SKIP,
        lambda a: insertion.attach(a, block("Conv2D"), "a", "sum"),
        "image a(image) conv2d_1(a) b(a) sum(b,image,conv2d_1)",
    ),
    (
        "attach to nothing leaves the output the output",
        CHAIN,
        lambda a: insertion.attach(a, block("Conv2D"), None, None),
        "image a(image) b(a) conv2d_1 c(b)",
    ),
    (
        "connect to a row above moves it below",
        net(IMAGE, ("a", "ReLU", {}, ()), ("b", "ReLU", {}, ("image",))),
        lambda a: edits.connect(a, "b", "a"),
        "image b(image) a(b)",
    ),
    (
        "connect takes along what depends on a row that moves",
        net(IMAGE, ("sum", "Add", {}, ("image",)), ("c", "ReLU"), ("b", "ReLU", {}, ("image",))),
        lambda a: edits.connect(a, "b", "sum"),
        "image b(image) sum(image,b) c(sum)",
    ),
    (
        "connect leaves rows that stand in order",
        SKIP,
        lambda a: edits.connect(a, "a", "sum"),
        "image a(image) b(a) sum(b,image,a)",
    ),
    (
        "replace keeps the wiring",
        SKIP,
        lambda a: edits.replace_block(a, "a", block_type("Conv2D")),
        "image conv2d_1(image) b(conv2d_1) sum(b,image)",
    ),
    (
        "replace a merge keeps what fits",
        SKIP,
        lambda a: edits.replace_block(a, "sum", block_type("ReLU")),
        "image a(image) b(a) re_lu_1(b)",
    ),
    (
        "connect a single input replaces it",
        SKIP,
        lambda a: edits.connect(a, "image", "b"),
        "image a(image) b(image) sum(b,image)",
    ),
    (
        "connect a merge adds one",
        SKIP,
        lambda a: edits.connect(a, "a", "sum"),
        "image a(image) b(a) sum(b,image,a)",
    ),
    (
        "connect a port replaces that one",
        SKIP,
        lambda a: edits.connect(a, "a", "sum", 1),
        "image a(image) b(a) sum(b,a)",
    ),
    (
        "set all inputs",
        SKIP,
        lambda a: edits.set_inputs(a, "sum", ["a", "image", "b"]),
        "image a(image) b(a) sum(a,image,b)",
    ),
    (
        "redirect: another node reads the source",
        SKIP,
        lambda a: edits.redirect(a, "a", "b", 0, "sum"),
        "image a(image) b sum(b,image,a)",
    ),
    (
        "swap inputs: a connection takes another input, whose own takes the free one",
        SKIP,
        lambda a: edits.swap_inputs(edits.connect(a, "a", "sum"), "b", "sum", 0, 2),
        "image a(image) b(a) sum(a,image,b)",
    ),
    (
        "swap inputs of two connections from the same node",
        TWICE,
        lambda a: edits.swap_inputs(a, "image", "sum", 2, 1),
        "image a(image) sum(image,image,a)",
    ),
    (
        "swap an input that an edit just before has moved up",
        SKIP,
        lambda a: edits.swap_inputs(a, "image", "sum", 2, 0),
        "image a(image) b(a) sum(image,b)",
    ),
    (
        "disconnect",
        SKIP,
        lambda a: edits.disconnect(a, "image", "sum"),
        "image a(image) b(a) sum(b)",
    ),
    (
        "disconnect one of two connections between the same nodes",
        TWICE,
        lambda a: edits.disconnect(a, "image", "sum", 2),
        "image a(image) sum(image,a)",
    ),
    (
        "disconnect the first of two connections between the same nodes",
        TWICE,
        lambda a: edits.disconnect(a, "image", "sum", 0),
        "image a(image) sum(a,image)",
    ),
    (
        "disconnect a connection that an edit just before has moved up",
        SKIP,
        lambda a: edits.disconnect(a, "image", "sum", 2),
        "image a(image) b(a) sum(b)",
    ),
    (
        "remove closes the stack",
        CHAIN,
        lambda a: edits.remove(a, ["b"]),
        "image a(image) c(a)",
    ),
    (
        "remove several",
        CHAIN,
        lambda a: edits.remove(a, ["a", "b"]),
        "image c(image)",
    ),
    (
        "remove under a skip: an input is not read twice",
        net(IMAGE, ("a", "ReLU"), ("sum", "Add", {}, ("a", "image"))),
        lambda a: edits.remove(a, ["a"]),
        "image sum(image)",
    ),
    (
        "remove a merge: readers read its first input",
        net(IMAGE, ("a", "ReLU"), ("sum", "Add", {}, ("a", "image")), ("c", "ReLU")),
        lambda a: edits.remove(a, ["sum"]),
        "image a(image) c(a)",
    ),
    (
        "remove the Input",
        CHAIN,
        lambda a: edits.remove(a, ["image"]),
        "a b(a) c(b)",
    ),
    (
        "move down",
        CHAIN,
        lambda a: edits.move(a, "a", "b"),
        "image b(image) a(b) c(a)",
    ),
    (
        "move up",
        CHAIN,
        lambda a: edits.move(a, "b", "image"),
        "image b(image) a(b) c(a)",
    ),
    (
        "move to the end",
        CHAIN,
        lambda a: edits.move(a, "a", "c"),
        "image b(image) c(b) a(c)",
    ),
    (
        "move where it is",
        CHAIN,
        lambda a: edits.move(a, "b", "a"),
        "image a(image) b(a) c(b)",
    ),
    (
        "move the start of a skip over its end",
        net(IMAGE, ("a", "ReLU"), ("sum", "Add", {}, ("a", "image")), ("c", "ReLU")),
        lambda a: edits.move(a, "a", "sum"),
        "image sum(image) a(sum) c(a)",
    ),
    (
        "move a merge keeps its skip",
        net(IMAGE, ("a", "ReLU"), ("sum", "Add", {}, ("a", "image")), ("c", "ReLU")),
        lambda a: edits.move(a, "sum", "c"),
        "image a(image) c(a) sum(c,image)",
    ),
    (
        "move an Input to the top",
        net(IMAGE, ("a", "ReLU"), ("more", "Input")),
        lambda a: edits.move(a, "more", None),
        "more image a(image)",
    ),
    (
        "duplicate",
        CHAIN,
        lambda a: edits.duplicate(a, "a"),
        "image a(image) conv2d_1(a) b(conv2d_1) c(b)",
    ),
    (
        "duplicate a merge keeps its skip",
        SKIP,
        lambda a: edits.duplicate(a, "sum"),
        "image a(image) b(a) sum(b,image) add_1(sum,image)",
    ),
    (
        "duplicate an Input",
        CHAIN,
        lambda a: edits.duplicate(a, "image"),
        "image input_1 a(image) b(a) c(b)",
    ),
]


@pytest.mark.parametrize(("title", "before", "edit", "after"), EDITS, ids=[e[0] for e in EDITS])
def test_wiring(title: str, before: Architecture, edit: Edit, after: str) -> None:
    kept = to_json(before)
    assert wiring(edit(before)) == after, title
    assert to_json(before) == kept, "an edit changed its argument"


REFUSED: list[tuple[Architecture, Edit, str]] = [
    (CHAIN, lambda a: edits.add(a, block("ReLU"), "x"), "there is no node 'x'"),
    (CHAIN, lambda a: edits.remove(a, ["a", "x"]), "there is no node 'x' in this architecture"),
    (
        CHAIN,
        lambda a: insertion.add_on_edge(a, block("ReLU"), "image", "c"),
        "c does not read image, so nothing can be placed between them",
    ),
    (
        CHAIN,
        lambda a: insertion.add_on_edge(a, block("Input"), "image", "a"),
        "Input takes no input, so it cannot stand on a connection",
    ),
    (
        CHAIN,
        lambda a: insertion.attach(a, block("Input"), "c", None),
        "Input takes no input, so it cannot read c",
    ),
    (CHAIN, lambda a: insertion.attach(a, block("ReLU"), None, "image"), "image takes no input"),
    (CHAIN, lambda a: insertion.attach(a, block("ReLU"), "x", None), "there is no node 'x'"),
    (CHAIN, lambda a: insertion.attach(a, block("ReLU"), "c", "a"), "would close a cycle"),
    (CHAIN, lambda a: edits.replace_block(a, "x", block_type("ReLU")), "there is no node 'x'"),
    (
        CHAIN,
        lambda a: edits.connect(a, "c", "a"),
        "c already depends on a, so this connection would close a cycle; connect from a node above",
    ),
    (CHAIN, lambda a: edits.connect(a, "a", "a"), "would close a cycle"),
    (CHAIN, lambda a: edits.connect(a, "x", "a"), "there is no node 'x'"),
    (
        net(("one", "Input"), ("two", "Input")),
        lambda a: edits.connect(a, "one", "two"),
        "two takes no input",
    ),
    (
        net(IMAGE, ("sub", "Subtract", {}, ("image", "image"))),
        lambda a: edits.connect(a, "image", "sub"),
        "sub has all its inputs (2); disconnect one first",
    ),
    (
        net(IMAGE, ("sum", "Add", {}, ("image",) * MAX_INPUTS)),
        lambda a: edits.connect(a, "image", "sum"),
        "sum has all its inputs (64); disconnect one first",
    ),
    (CHAIN, lambda a: edits.disconnect(a, "image", "c"), "c does not read image"),
    (CHAIN, lambda a: edits.set_inputs(a, "a", ["c"]), "would close a cycle"),
    (CHAIN, lambda a: edits.move(a, "a", "a"), "a cannot be moved behind itself"),
    (CHAIN, lambda a: edits.move(a, "a", None), "a needs an input, so it cannot stand first"),
    (CHAIN, lambda a: edits.move(a, "a", "x"), "there is no node 'x'"),
    (
        CHAIN,
        lambda a: edits.move(a, "image", "a"),
        "image takes no input, so it cannot stand behind a",
    ),
    (
        net(IMAGE, ("p", "ReLU"), ("b", "ReLU"), ("sum", "Add", {}, ("p", "b"))),
        lambda a: edits.move(a, "sum", "image"),
        "moving sum there would close a cycle; choose another place",
    ),
    (CHAIN, lambda a: edits.repeat(a, "a", 0), "repeat: received 0, expected 1 to 200"),
    (CHAIN, lambda a: edits.repeat(a, "a", MAX_REPEAT + 1), "received 201, expected 1 to 200"),
    (
        SKIP,
        lambda a: edits.repeat(a, "sum", 2),
        "sum does not take exactly one input, so it cannot be repeated",
    ),
    (CHAIN, lambda a: edits.repeat(a, "image", 2), "image does not take exactly one input"),
    (
        CHAIN,
        lambda a: edits.rename(a, "a", "two words"),
        "name: received 'two words', expected letters, digits and _ (no digit first)",
    ),
    (
        CHAIN,
        lambda a: edits.rename(a, "a", "x" * 65),
        f"name: received '{'x' * 56}…, expected at most 64 letters",
    ),
    (CHAIN, lambda a: edits.rename(a, "a", "b"), "the name 'b' is taken; choose another one"),
    (CHAIN, lambda a: edits.rename_architecture(a, " "), "name: received ' ', expected a text"),
    (
        net(IMAGE, *((f"r{i}", "ReLU") for i in range(1, MAX_NODES))),
        lambda a: edits.add(a, block("ReLU")),
        "the architecture has 2,000 nodes, the most that one can hold; use repeat or modules",
    ),
]


@pytest.mark.parametrize(("before", "edit", "text"), REFUSED, ids=[text for *_, text in REFUSED])
def test_refused(before: Architecture, edit: Edit, text: str) -> None:
    with pytest.raises((EditError, ParameterError)) as caught:
        edit(before)
    assert text in str(caught.value)


def test_a_parameter_is_set_and_checked() -> None:
    changed = edits.set_parameters(CHAIN, "a", {"filters": 7})
    assert changed.by_id["a"].block == block("Conv2D", filters=7)
    assert edits.set_parameters(CHAIN, "a", {"filters": 7, "strides": (2, 2)}).by_id[
        "a"
    ].block == block("Conv2D", filters=7, strides=2)
    with pytest.raises(
        ParameterError,
        match="filters: received 0, expected a whole number",
    ):
        edits.set_parameters(CHAIN, "a", {"filters": 0})
    with pytest.raises(ParameterError, match="Conv2D: there is no units, expected filters"):
        edits.set_parameters(CHAIN, "a", {"units": 5})


def test_replacing_keeps_parameters_of_the_same_name() -> None:
    before = edits.set_parameters(CHAIN, "a", {"filters": 7, "padding": "same", "groups": 1})
    after = edits.replace_block(before, "a", block_type("SeparableConv2D"))
    assert after.by_id["separable_conv2d_1"].block == block(
        "SeparableConv2D", filters=7, padding="same"
    )


def test_replacing_takes_defaults_where_the_new_type_refuses() -> None:
    before = net(IMAGE, ("pad", "ZeroPadding2D", {"padding": 2}))
    after = edits.replace_block(before, "pad", block_type("Conv2D"))
    assert after.by_id["conv2d_1"].block == block("Conv2D")


def test_replacing_by_a_merge_ends_the_repetition() -> None:
    before = net(IMAGE, ("a", "ReLU", {}, ("image",), "act", 5))
    after = edits.replace_block(before, "a", block_type("Add"))
    assert (after.nodes[-1].repeat, after.nodes[-1].name) == (1, "act")


def test_outputs_follow_a_replaced_node_and_survive_a_move() -> None:
    two = net(IMAGE, ("a", "ReLU"), ("b", "ReLU"), outputs=("a", "b"))
    assert edits.replace_block(two, "a", block_type("Flatten")).outputs == ("flatten_1", "b")
    assert edits.move(two, "a", "b").outputs == ("a", "b")
    assert edits.remove(two, ["a"]).outputs == ("b",)


def test_repeat_and_rename() -> None:
    assert edits.repeat(CHAIN, "a", 3).by_id["a"].repeat == 3
    named = edits.rename(CHAIN, "a", "stem")
    assert named.by_id["a"].label == "stem"
    assert edits.rename(named, "a", "").by_id["a"].name == ""
    assert edits.rename(named, "a", "a").by_id["a"].name == ""
    assert edits.rename(named, "a", "x" * 64).by_id["a"].label == "x" * 64
    assert edits.rename(named, "a", "class").by_id["a"].label == "class", "the code renames it"
    assert edits.rename_architecture(CHAIN, " new title ").name == "new title"
    with pytest.raises(EditError, match="'stem' is taken"):
        edits.rename(named, "b", "stem")


def test_ids_count_on_and_never_meet_a_name() -> None:
    numbered = net(IMAGE, ("conv2d_4", "Conv2D"), ("b", "ReLU", {}, ("conv2d_4",), "conv2d_9"))
    assert edits.new_id(numbered, block("Conv2D")) == "conv2d_10"
    assert edits.new_id(numbered, block("ReLU")) == "re_lu_1"


def test_ids_stay_short_whatever_a_file_holds() -> None:
    long = "conv2d_" + "9" * 57
    grown = edits.add(net(IMAGE, (long, "Conv2D")), block("Conv2D"))
    assert from_json(to_json(grown)) == grown
