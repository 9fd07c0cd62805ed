"""Names in exported code: whatever things are called, the code means what the trace says."""

import ast
import json
import symtable
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from builder.codegen.keras.names import top_level_names
from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.own_function import own_function
from builder.codegen.keras.script import to_script
from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import group
from builder.documents.library import parse, to_text
from builder.files.architecture_file import from_json, to_json
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.network.own_block import Definition, Exposed
from builder.network.own_block_type import own_block
from builder.system.errors import EditError, FormatError
from builder.training.settings import TrainingSettings
from tests.codegen.pretend_keras import execute
from tests.colliding import colliding_networks, wiring
from tests.differential.attempts import drawn

CASES = Path(__file__).parents[1] / "cases"


def check(architecture: Architecture) -> None:
    """The script, executed, makes what the trace says, reading what it says."""
    inference = infer(architecture)
    assert inference.ok, inference.errors
    built = execute(architecture)
    assert built.facts == [made.facts for node in inference.used for made in node.layers]
    assert [call.inputs for call in built.calls] == wiring(inference)


@pytest.mark.slow
@drawn(120)
@given(colliding_networks())
def test_code_with_colliding_names_does_what_the_trace_says(architecture: Architecture) -> None:
    check(architecture)


def a_block_of_widths() -> Architecture:
    """Convolutions 4 → 8, 16, 32 → 4, made a block that exposes all that it can."""
    convs = [block("Conv2D", width, padding="same") for width in (4, 8, 16, 32, 4)]
    network = stack("net", block("Input", shape=(8, 8, 1)), *convs)
    nodes = [node.id for node in network][1:]
    return group(network, nodes, "my_block", candidates(network, nodes)[:1])


def test_a_loop_does_not_overwrite_a_parameter() -> None:
    architecture = a_block_of_widths()
    check(architecture)
    assert "def my_block(inputs, filters):" in to_script(architecture)
    assert "for filters_ in [8, 16, 32]:" in to_script(architecture)


def own(name: str, tensors: Sequence[str] = ("inputs",), parameter: str = "filters") -> Any:
    """A block that joins its inputs and convolves them, with one parameter."""
    join = Node("join", block("Concatenate"), (*tensors, tensors[0]))
    conv = Node("conv", block("Conv2D", 4, padding="same"), ("join",))
    exposed = Exposed(parameter, (("conv", "filters"),))
    return own_block(Definition(name, (join, conv), "conv", tuple(tensors), (exposed,)))


def test_a_loop_does_not_overwrite_a_nodes_variable() -> None:
    made = own("made", parameter="stem")
    nodes = [
        Node("image", block("Input", shape=(8, 8, 3))),
        Node("conv", block("Conv2D", 4, padding="same"), ("image",), "stem"),
        *(Node(f"n{k}", made.create({"stem": k}), ("conv" if k < 2 else f"n{k - 1}",))
          for k in (1, 2, 3)),
        Node("end", block("Concatenate"), ("n3", "conv")),
    ]  # fmt: skip
    check(Architecture("net", tuple(nodes)))


@pytest.mark.parametrize("tensors", [("inputs", "x"), ("x", "previous"), ("layers", "keras")])
def test_a_blocks_inputs_may_be_called_as_the_code_calls_its_own(tensors: tuple[str, ...]) -> None:
    made = own("made", tensors).create({})
    nodes = [
        Node("a", block("Input", shape=(8, 8, 4))),
        Node("b", block("Input", shape=(8, 8, 4))),
        *(Node(f"n{k}", made, inputs) for k, inputs in enumerate([("a", "b"), ("n0", "a")])),
    ]
    check(Architecture("net", tuple(nodes)))


def test_what_the_output_of_a_block_does_not_depend_on_is_left_out_and_told() -> None:
    """Keras leaves it out of the model, so it has no parameters and no shape to fit."""
    conv = block("Conv2D", 4, padding="same")
    inner = own("inner").create({})
    nodes = [
        Node("a", conv, ("inputs",)),
        Node("b", inner, ("a",)),
        Node("c", block("Conv2D", 4, 99), ("b",)),
        Node("d", conv, ("a",)),
    ]
    made = own_block(Definition("made", tuple(nodes), "d")).create({})
    network = stack("net", block("Input", shape=(8, 8, 4)), made)
    check(network)
    assert infer(network).num_layers == 3
    assert "inner" not in to_script(network)
    assert [str(issue).partition(",")[0] for issue in infer(network).issues] == [
        "made_1: b inside made is left out",
        "made_1: c inside made is left out",
    ]


def test_a_chain_inside_a_block_ends_in_its_last_node() -> None:
    """The one before the last is held by x, and was put there again behind the chain."""
    pair = own("pair", ("one", "two")).create({})
    inner = [Node("a", pair, ("one", "two")), Node("b", pair, ("a", "one"))]
    outer = own_block(Definition("outer", tuple(inner), "b", ("one", "two"))).create({})
    nodes = [Node(name, block("Input", shape=(8, 8, 4))) for name in ("p", "q")]
    check(Architecture("net", (*nodes, Node("n", outer, ("p", "q")))))


ALL = TrainingSettings.create(
    {
        "dataset": "digits",
        "validation_share": 0.2,
        "test_share": 0.1,
        "patience": 3,
        "keep_best": True,
        "schedule": {"name": "CosineDecay", "warmup_epochs": 2},
    }
)
PLAIN = TrainingSettings(dataset="placeholder")


def classifier(name: str) -> Architecture:
    made = own(name)
    return stack(
        "net",
        block("Input", shape=(28, 28, 1)),
        made.create({}),
        made.create({"filters": 2}),
        block("conv_bn_relu", 4),
        block("Flatten"),
        block("Dense", 10, activation="softmax"),
    )


def cells(architecture: Architecture, settings: TrainingSettings) -> list[str]:
    content = json.loads(to_notebook(architecture, settings))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def bound(text: str) -> list[str]:
    """The names that a text binds at its top level, as often as it does."""
    lines = text.split("\n")
    starts = [_first_line(node) for node in ast.parse(text).body]
    return [
        name
        for start, end in pairwise([*starts, len(lines)])
        for name in _bound_by("\n".join(lines[start:end]))
    ]


def _first_line(node: ast.stmt) -> int:
    """Where a statement begins, its decorators included; counted from 0."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min(part.lineno for part in (node, *decorators)) - 1


@cache  # most statements are the same in all texts
def _bound_by(statement: str) -> tuple[str, ...]:
    symbols = symtable.symtable(statement, "<text>", "exec").get_symbols()
    return tuple(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())


@pytest.mark.slow
@pytest.mark.parametrize("settings", [ALL, PLAIN], ids=["all", "plain"])
def test_a_block_takes_no_name_of_the_script_or_notebook(settings: TrainingSettings) -> None:
    """It gets the name of everything that stands in them or is read by their functions, in turn."""
    plain = classifier("my_own")
    script, notebook = to_script(plain, settings), "\n".join(cells(plain, settings))
    names = top_level_names(script) | top_level_names(notebook)
    assert {"load_data", "split", "batches", "np", "range", "NAME", "show", "history"} <= names
    for name in sorted(names - {"my_own"}):
        if name.startswith("__"):
            continue
        architecture = classifier(name)
        for before, after in (
            (script, to_script(architecture, settings)),
            (notebook, "\n".join(cells(architecture, settings))),
        ):
            new = [found for found in bound(after) if found not in names]
            expected = [new[0] if found == "my_own" else found for found in bound(before)]
            assert sorted(bound(after)) == sorted(expected), name


WORDS = ["class", "lambda", "keras", "layers", "np", "range", "x", "SEED", "i", "None", "print"]


@pytest.mark.parametrize("name", WORDS)
def test_a_parameter_is_refused_in_a_file_as_where_it_is_typed(name: str) -> None:
    with pytest.raises(EditError, match=f"a parameter cannot be named '{name}'") as typed:
        own("made", parameter=name)
    network = stack("net", block("Input", shape=(8, 8, 3)), own("made").create({}))
    content = json.loads(to_json(network))
    content["blocks"][0]["parameters"][0]["name"] = name
    content["nodes"][1]["parameters"] = {name: 4}
    with pytest.raises(FormatError) as read:
        from_json(json.dumps(content))
    assert str(read.value) == str(typed.value)
    library = json.loads(to_text(own("made").definition))
    library["blocks"][0]["parameters"][0]["name"] = name
    with pytest.raises(FormatError, match=f"a parameter cannot be named '{name}'"):
        parse(json.dumps(library))


LIKE_OTHERS = [
    "\N{LATIN SMALL LIGATURE FI}lters",
    "\N{FULLWIDTH LATIN SMALL LETTER C}lass",
    "x\u0301",
]


@pytest.mark.parametrize("name", LIKE_OTHERS)
def test_names_that_python_would_read_as_others_are_refused(name: str) -> None:
    """Python normalizes identifiers: a name with the ligature of f and i is `fix` to it."""
    assert name.isidentifier()
    network = stack("net", block("Input", shape=(8, 8, 3)), own("made").create({}))
    text = to_json(network)
    for old in ('"made"', '"made_1"', '"join"', '"inputs"', '"filters"'):
        assert old in text
        with pytest.raises(FormatError):
            from_json(text.replace(old, json.dumps(name)))
    with pytest.raises(EditError):
        group(a_block_of_widths(), ["my_block_1"], name)


@pytest.mark.parametrize("case", ["kw", "tensor"])
def test_a_files_names_that_mean_something_get_others_and_it_is_told(case: str) -> None:
    architecture = from_json((CASES / f"{case}.json").read_text("utf-8"))
    check(architecture)
    ours, theirs = {"kw": ("class", "class_"), "tensor": ("layers", "layers_")}[case]
    script = to_script(architecture)
    compile(script, "<exported>", "exec")
    assert f"\n# Names that Python or the script uses itself: {ours} is {theirs}.\ndef " in script
    told = [str(issue) for issue in infer(architecture).issues]
    assert [f"in code the block {ours} has another name" in text for text in told] == (
        [True] if case == "kw" else []
    )
    assert from_json(to_json(architecture)) == architecture, "the block keeps its name"


def test_names_that_give_way_do_not_meet() -> None:
    """`class` becomes `class_`, which another block and a parameter are called already."""
    named = own("class_").create({})
    inner = (Node("a", own("class").create({}), ("inputs",)), Node("b", named, ("a",)))
    exposed = (Exposed("class__", (("a", "filters"),)), Exposed("class_1", (("b", "filters"),)))
    outer = own_block(Definition("outer", inner, "b", parameters=exposed))
    network = stack(
        "net",
        block("Input", shape=(8, 8, 3)),
        outer.create({"class__": 3, "class_1": 5}),
        own("class").create({"filters": 6}),
    )
    check(network)
    script = to_script(network)
    assert [line for line in script.splitlines() if line.startswith("def ")][:3] == [
        "def class___(inputs, filters):",
        "def class_(inputs, filters):",
        "def outer(inputs, class__, class_1=4):",
    ]


def test_a_parameter_called_repeat_is_not_a_nodes_repetition() -> None:
    """In a block that holds the block, the two would be one target."""
    made = own("made", parameter="repeat").create({"repeat": 7})
    network = stack("net", block("Input", shape=(8, 8, 3)), made, block("ReLU"))
    network = replace(
        network, nodes=tuple(replace(n, repeat=2) if n.id == "made_1" else n for n in network)
    )
    found = candidates(network, ["made_1", "re_lu_1"])
    assert [exposed.name for exposed in found if ("made_1", "repeat") in exposed.targets] == [
        "repeats"
    ]
    outer = group(network, ["made_1", "re_lu_1"], "outer", found[:1])
    check(outer)
    assert "made(x, 7)" in own_function(outer.by_id["outer_1"].block.definition)  # type: ignore[attr-defined]
