"""The exported script: what it builds, how it looks, and that no text in a network becomes code."""

import ast
import keyword
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.blocks.catalogue import block_type, catalogue
from builder.blocks.regularizers import L1L2, L2
from builder.codegen.keras.python_source import call, identifier, literal, quote
from builder.codegen.keras.script import to_script
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.network.naming import keras_names
from builder.system.errors import BuilderError
from tests.broken import IMAGE, net
from tests.codegen.pretend_keras import execute
from tests.drawing import sound_networks

HOSTILE = [
    '"""',
    "'''",
    '"); import os; os.system("true") #',
    "'); import os #",
    "a\\",
    "\\N{DIGIT ONE}",
    "\\x41\\u0041\\",
    "{name} {0} %s %d",
    "# comment",
    "${HOME} `id`",
    "name\u00a0with\u3000spaces".replace("\u00a0", "·").replace("\u3000", "·"),
    "网络 und Ümläute",
    "123",
    "class",
    "a" * 80,
    '"' * 80,
    "\\" * 79,
]


@pytest.mark.slow
def test_the_script_builds_what_inference_says() -> None:
    for architecture in sound_networks():
        inference = infer(architecture)
        built = execute(architecture)
        assert built.facts == [made.facts for node in inference.used for made in node.layers]
        assert built.outputs == inference.output_shapes
        expected = [name for known in inference.used for name in keras_names(known.node)]
        assert built.names == expected, "every own name is kept, in order"


@pytest.mark.slow
def test_drawn_scripts_are_as_ruff_would_write_them(tmp_path: Path) -> None:
    scripts = [to_script(architecture) for architecture in sound_networks()]
    scripts += [to_script(replace(wide(3), name=title)) for title in HOSTILE]
    scripts += [to_script(wide(number)) for number in (2, 5, 20, 64)]
    for number, script in enumerate(scripts):
        (tmp_path / f"script_{number}.py").write_text(script, "utf-8")
    options = ["--isolated", "--no-cache", "--line-length", "100"]
    for command in (["format", "--diff"], ["check", "--select", "F,E4,E7,E9,W,B,I"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *options, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout[:2_000]


def wide(number: int) -> Architecture:
    """Branches with long names that meet in one node."""
    names = [f"a_rather_long_name_of_branch_{i}" for i in range(number)]
    branches = [
        (f"b{i}", "Conv2D", {"filters": i + 1, "padding": "same"}, ("image",), name)
        for i, name in enumerate(names)
    ]
    joined = tuple(f"b{i}" for i in range(number))
    return net(
        IMAGE,
        *branches,
        ("join", "Concatenate", {}, joined),
        ("pool", "GlobalAveragePooling2D"),
        ("dense", "Dense"),
    )


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_becomes_code(title: str) -> None:
    plain = net(IMAGE, ("pool", "GlobalAveragePooling2D"), ("dense", "Dense"))
    hostile = ast.parse(to_script(replace(plain, name=title)))
    assert _shape(hostile) == _shape(ast.parse(to_script(plain)))
    assert execute(replace(plain, name=title)).title.isidentifier()


def _shape(tree: ast.Module) -> str:
    """The code without the texts in it: only those may differ."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


NAMES = [
    *keyword.kwlist,
    *keyword.softkwlist,
    *"x i inputs outputs previous keras layers regularizers initializers np os sys range".split(),
    *"build_model load_data main train split list len print self filters name".split(),
    *"_ __ ___ _a a_ A __init__ Conv2D residual_block conv_bn_relu NAME SEED".split(),
]


@pytest.mark.parametrize("first", range(0, len(NAMES), 8))
def test_names_never_meet_what_the_script_uses_itself(first: int) -> None:
    """Each named node is read twice, so that it gets a variable."""
    nodes = [Node("image", block_type("Input").create({"shape": (8, 8, 4)}))]
    for name in NAMES[first : first + 8]:
        source = nodes[-1].id
        conv = block_type("Conv2D").create({"filters": 4, "padding": "same"})
        nodes.append(Node(f"{name}_conv", conv, (source,), name))
        nodes.append(Node(f"{name}_block", block_type("residual_block").create({}), (source,)))
        project = block_type("conv_bn_relu").create({"filters": 4, "kernel_size": 1})
        nodes.append(Node(f"{name}_fit", project, (f"{name}_block",)))
        both = (f"{name}_conv", f"{name}_fit", f"{name}_conv")
        nodes.append(Node(f"{name}_sum", block_type("Add").create({}), both))
    architecture = Architecture("names", tuple(nodes))
    inference = infer(architecture)
    assert inference.ok, inference.errors
    built = execute(architecture)
    assert built.facts == [made.facts for node in inference.used for made in node.layers]
    assert built.names == [node.name for node in nodes if node.name]


def test_a_repeated_layer_numbers_its_name() -> None:
    built = execute(net(IMAGE, ("a", "ReLU", {}, ("image",), "act", 3)))
    assert built.names == ["act_1", "act_2", "act_3"]


def test_a_modules_name_is_a_comment() -> None:
    script = to_script(net(IMAGE, ("a", "conv_bn_relu", {}, ("image",), "stem")))
    assert "\n    # stem\n" in script


def test_defaults_are_left_out() -> None:
    script = to_script(net(IMAGE, ("a", "Conv2D", {"filters": 7, "strides": 2, "groups": 1})))
    assert "layers.Conv2D(7, 3, strides=2)(inputs)" in script


def test_like_neighbors_become_a_loop() -> None:
    sizes = (32, 64, 128)
    blocks = [(f"b{n}", "residual_block", {"filters": n, "pooling": True}) for n in sizes]
    script = to_script(net(("image", "Input", {"shape": (32, 32, 3)}), *blocks, ("end", "Flatten")))
    assert (
        "    for filters in [32, 64, 128]:\n        x = residual_block(x, filters, pool" in script
    )


def test_each_module_stands_in_the_script_once_behind_what_it_calls() -> None:
    script = to_script(net(IMAGE, ("a", "dense_block"), ("b", "dense_block"), ("c", "ReLU")))
    order = [n.name for n in ast.parse(script).body if isinstance(n, ast.FunctionDef)]
    assert order[:3] == ["dense_conv_block", "dense_block", "build_model"]


def test_an_unused_node_is_not_in_the_script() -> None:
    script = to_script(net(IMAGE, ("side", "conv_bn_relu"), ("main", "Flatten", {}, ("image",))))
    assert "conv_bn_relu" not in script


def test_a_network_that_is_no_classifier_is_summarized() -> None:
    script = to_script(net(IMAGE, ("a", "Conv2D")))
    assert script.endswith('if __name__ == "__main__":\n    build_model().summary()\n')


@pytest.mark.parametrize(
    ("architecture", "message"),
    [
        (net(), "the network cannot be exported yet: the network is empty"),
        (
            net(IMAGE, ("conv", "Conv2D", {"kernel_size": 9})),
            "the network cannot be exported yet: conv: a 9×9 window does not fit an 8×8 input",
        ),
    ],
)
def test_a_broken_network_is_refused(architecture: Architecture, message: str) -> None:
    with pytest.raises(BuilderError) as caught:
        to_script(architecture)
    assert message in str(caught.value)


def test_a_deep_network_raises_the_limit_of_recursion() -> None:
    deep = net(IMAGE, ("a", "ReLU", {}, ("image",), "", 200), ("b", "ReLU", {}, ("a",), "", 200))
    assert "sys.setrecursionlimit(" in to_script(deep)
    assert "sys" not in to_script(net(IMAGE, ("a", "ReLU")))


@settings(max_examples=50)
@given(st.text(max_size=30), st.sets(st.text("abc_", max_size=3), max_size=3))
def test_identifiers(text: str, taken: set[str]) -> None:
    name = identifier(text, taken)
    assert name.isidentifier()
    assert name.isascii()
    assert not keyword.iskeyword(name)
    assert not keyword.issoftkeyword(name)
    assert name not in taken


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_quoting(text: str) -> None:
    assert ast.literal_eval(quote(text)) == text


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (1, "1"),
        (True, "True"),
        (None, "None"),
        ("relu", '"relu"'),
        ('a"b', "'a\"b'"),
        (0.5, "0.5"),
        (1 / 255, "1 / 255"),
        (1 / 3, "1 / 3"),
        (1e-5, "1e-05"),
        (1e-320, "1e-320"),
        ((1, 2), "(1, 2)"),
        ((-1,), "(-1,)"),
        (((1, 2), (3, 4)), "((1, 2), (3, 4))"),
        ((None, 1), "(None, 1)"),
    ],
)
def test_literals(value: Any, source: str) -> None:
    assert literal(value) == source
    evaluated = eval(source)
    assert evaluated == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_changes_by_being_written(number: float) -> None:
    assert eval(literal(number)) == number


def test_regularizers() -> None:
    assert literal(L1L2(0.1, 0.2)) == "regularizers.L1L2(l1=0.1, l2=0.2)"
    assert literal(L2()) == "regularizers.L2(0.01)"


def test_a_long_call() -> None:
    text = call("x = f", [f"argument_{i}={i}" for i in range(12)], "(x)")
    assert max(map(len, text.splitlines())) <= 100
    assert ast.parse(text.strip())


def test_every_block_is_found_by_the_script() -> None:
    """What a module calls is in the script, whichever module it is."""
    for name, block in catalogue().items():
        if block.max_inputs == 2 or name == "strided_padding":
            continue
        architecture = net(("image", "Input", {"shape": (64, 64, 64)}), ("a", name), ("b", "ReLU"))
        if infer(architecture).ok:
            assert execute(architecture).calls
