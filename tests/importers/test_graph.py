"""Wiring: functional and sequential models, models inside of models, files of Keras 2."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builder.importers.entries import Port
from builder.importers.graph import read_graph
from builder.importers.opening import open_file
from builder.importers.reasons import Reason
from builder.importers.result import ImportResult, Unmapped, from_plain, grouped
from builder.importers.unfolding import Call
from builder.network.inference import infer
from builder.system.errors import FormatError, Problem
from tests.importers.files import call, functional, image, layer, sequential, tensor, text

CASES = Path(__file__).parents[1] / "cases"


def opened(content: dict[str, Any], name: str = "", *, fold: bool = False) -> ImportResult:
    return open_file(io.BytesIO(text(content)), name, fold=fold)


def wiring(result: ImportResult) -> dict[str, tuple[str, ...]]:
    """Each node's label, and those of the nodes that it reads."""
    nodes = result.architecture.by_id
    return {n.label: tuple(nodes[i].label for i in n.inputs) for n in nodes.values()}


def conv(name: str, *inputs: str, **config: Any) -> dict[str, Any]:
    values = {"filters": 4, "kernel_size": [3, 3], "padding": "same", **config}
    return layer("Conv2D", name, *inputs, **values)


def test_a_functional_model_keeps_its_wiring_names_and_outputs() -> None:
    model = functional(
        image(),
        conv("stem", "image"),
        conv("left", "stem"),
        conv("right", "stem"),
        layer("Concatenate", "both", "right", "left", axis=3),
        layer("Flatten", "flatten_3", "left"),
        name="forked",
        outputs=("both", "flatten_3"),
    )
    result = opened(model)
    assert result.unmapped == ()
    assert result.num_layers == 6
    assert result.architecture.name == "forked"
    assert wiring(result) == {
        "image": (),
        "stem": ("image",),
        "left": ("stem",),
        "right": ("stem",),
        "both": ("right", "left"),
        "flatten_1": ("left",),  # Keras's own name is not kept
    }
    assert infer(result.architecture).output_shapes == ((16, 16, 8), (1024,))


def test_layers_may_stand_in_any_order() -> None:
    model = functional(conv("b", "a"), conv("a", "image"), image(), outputs=("b",))
    assert list(wiring(opened(model))) == ["image", "a", "b"]


@pytest.mark.parametrize(
    "first", [{"batch_shape": [None, 8, 8, 3]}, {"batch_input_shape": [None, 8, 8, 3]}]
)
def test_a_sequential_model_without_an_input_layer_gets_one(first: dict[str, Any]) -> None:
    model = sequential(conv("a", **first), conv("b"))
    assert wiring(opened(model)) == {"input_1": (), "a": ("input_1",), "b": ("a",)}
    assert infer(opened(model).architecture).input_shapes == ((8, 8, 3),)
    built = sequential(conv("a"), conv("b"), build_input_shape=[None, 9, 9, 3])
    assert infer(opened(built).architecture).input_shapes == ((9, 9, 3),)


def test_a_sequential_model_that_was_never_built_has_no_input() -> None:
    result = opened(sequential(conv("a"), conv("b")))
    assert wiring(result) == {"a": (), "b": ("a",)}
    assert not infer(result.architecture).ok


def _inner(*layers: dict[str, Any], kind: Any = functional, **given: Any) -> dict[str, Any]:
    name = given.pop("name", "inner")
    source = given.pop("reads", "image")
    return kind(*layers, name=name, **given) | {"name": name, "inbound_nodes": [call(source)]}


def test_models_inside_of_models_are_unfolded() -> None:
    deep = _inner(conv("conv"), kind=sequential, name="deep", reads="x")
    inner = _inner(image(16, 16, 3, name="x"), deep, conv("conv", "deep"), inputs=("x",))
    result = opened(functional(image(), inner, conv("conv", "inner")))
    assert wiring(result) == {
        "image": (),
        "conv": ("image",),  # the first of the name; the others carry that of their model
        "inner_conv": ("conv",),
        "conv2d_3": ("inner_conv",),
    }


def test_outputs_of_an_inner_model_are_distinguished() -> None:
    inner = _inner(
        image(name="x"), conv("a", "x"), conv("b", "x"), inputs=("x",), outputs=("a", "b")
    )
    second = layer("Flatten", "flat") | {"inbound_nodes": [{"args": [tensor("inner", 1)]}]}
    result = opened(functional(image(), inner, second))
    assert wiring(result)["flat"] == ("b",)
    missing = layer("Flatten", "flat") | {"inbound_nodes": [{"args": [tensor("inner", 2)]}]}
    with pytest.raises(FormatError, match="the model 'inner' has no output 2"):
        opened(functional(image(), inner, missing))


def test_keras_3_counts_the_making_of_inner_models_only_among_the_outputs() -> None:
    inner = _inner(image(name="x"), conv("a", "x"), inputs=("x",))
    inner["inbound_nodes"].append(call("inner"))
    model = functional(image(), inner, conv("b", "inner"), conv("c", "inner:1"))
    model["config"]["output_layers"] = [["inner", 2, 0], ["inner", 1, 0], ["b", 0, 0], ["c", 0, 0]]
    result = opened(model)
    labels = [result.architecture.by_id[output].label for output in result.architecture.outputs]
    assert labels[1:] == ["a", "b", "c"]
    assert wiring(result)[labels[0]] == ("a",)
    assert wiring(result)["b"] == ("a",)
    assert wiring(result)["c"] == (labels[0],)


@pytest.mark.parametrize(("kind", "first"), [(functional, 1), (sequential, 0)])
def test_a_call_that_keras_would_not_count_so_is_refused(kind: Any, first: int) -> None:
    given = {"inputs": ("x",)} if kind is functional else {}
    inner = _inner(image(name="x"), conv("a", "x"), kind=kind, **given)
    for node in {max(first - 1, 0), first, first + 1} - {first}:
        model = functional(image(), inner)
        model["config"]["output_layers"] = [["inner", node, 0]]
        with pytest.raises(FormatError, match="the layer 'inner' is called 1 times, not"):
            opened(model)
    reader = layer("Flatten", "flat", "inner:1")
    with pytest.raises(FormatError, match="the layer 'inner' is called 1 times, not 2"):
        opened(functional(image(), inner, reader))


def _old_twice(kind: str, first: int) -> dict[str, Any]:
    """A model of Keras 2 that is called on its own output; `first` is the number of its call 0."""
    inner = [
        _old("InputLayer", "x", [], batch_input_shape=[None, 16, 16, 3]),
        _old("Conv2D", "conv", [[["x", 0, 0, {}]]], filters=3, kernel_size=[1, 1]),
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["conv", 0, 0]]}
    calls = [[["image", 0, 0, {}]], [["inner", first, 0, {}]]]
    outer = [
        _old("InputLayer", "image", [], batch_input_shape=[None, 16, 16, 3]),
        _old(kind, "inner", calls, layers=inner, **ends),
        _old("Subtract", "sub", [[["inner", first, 0, {}], ["inner", first + 1, 0, {}]]]),
    ]
    outputs = [["sub", 0, 0], ["inner", first + 1, 0]]
    config = {"name": "net", "layers": outer, "input_layers": [["image", 0, 0]]}
    return {"class_name": "Model", "config": config | {"output_layers": outputs}}


@pytest.mark.parametrize(
    ("kind", "first"), [("Functional", 1), ("Model", 1), ("Sequential", 1), ("Sequential", 0)]
)
def test_keras_2_counts_the_making_everywhere_or_nowhere(kind: str, first: int) -> None:
    result = opened(_old_twice(kind, first))
    ids = {n.id: n.inputs for n in result.architecture}
    assert ids["conv2d_2"] == ("conv2d_1",)
    assert ids["subtract_1"] == ("conv2d_1", "conv2d_2")
    assert result.architecture.outputs == ("subtract_1", "conv2d_2")


def test_keras_2_hands_tensors_over_by_name_and_constants_by_a_word() -> None:
    add = _old(
        "Add", "sum", [[["a", 0, 0, {"y": ["b", 0, 0], "name": None, "z": ["x", "y", "z"]}]]]
    )
    constant = _old("Add", "more", [[["_CONSTANT_VALUE", -1, 2.5, {"y": ["sum", 0, 0]}]]])
    calls = _calls(conv("a", "image"), conv("b", "image"), add, constant)
    assert calls["sum"].inputs == ("a", "b")
    assert calls["sum"].arguments == ([Port(0)],)
    assert calls["sum"].named == (("y", Port(1)), ("z", ["x", "y", "z"]))
    assert calls["sum"].options == (("z", ["x", "y", "z"]),)
    assert calls["more"].arguments == ([2.5],)
    assert calls["more"].named == (("y", Port(0)),)


def test_arguments_keep_their_places() -> None:
    minus = layer("Subtract", "minus") | {"inbound_nodes": [{"args": [1, tensor("a")]}]}
    listed = [[tensor("a"), tensor("minus")], None]
    both = layer("Concatenate", "both") | {
        "inbound_nodes": [{"args": listed, "kwargs": {"axis": -1, "mask": tensor("a")}}]
    }
    calls = _calls(conv("a", "image"), minus, both)
    assert calls["minus"].arguments == (1, Port(0))
    assert calls["both"].arguments == ([Port(0), Port(1)], None)
    assert calls["both"].inputs == ("a", "minus"), "a mask is no input"
    assert calls["both"].options == (("axis", -1), ("mask", "a"))


def _calls(*layers: dict[str, Any]) -> dict[str, Call]:
    return {found.name: found for found in read_graph(functional(image(), *layers)).calls}


def test_a_dictionary_of_tensors_is_read_by_its_sorted_keys() -> None:
    inner = _inner(
        image(name="p"), image(name="q"), layer("Subtract", "minus", "p", "q"), inputs=("p", "q")
    )
    inner["config"]["input_layers"] = {"right": ["q", 0, 0], "left": ["p", 0, 0]}
    given = {"right": tensor("b"), "left": tensor("a")}
    for argument in (given, [given["left"], given["right"]]):
        inner["inbound_nodes"] = [{"args": [argument], "kwargs": {"mask": {"left": None}}}]
        result = opened(functional(image(), conv("b", "image"), conv("a", "image"), inner))
        assert wiring(result)["minus"] == ("a", "b")
        assert result.unmapped == ()


@pytest.mark.parametrize(
    "given",
    [
        [tensor("a")],
        [tensor("a"), tensor("a"), tensor("a")],
        [tensor("a"), 1.0],
        [tensor("a"), None],
        {"p": tensor("a")},
        {"p": tensor("a"), "q": tensor("a"), "r": tensor("a")},
        {"p": tensor("a"), "q": [tensor("a")]},
        {"class_name": "slice", "config": {"start": tensor("a")}},
    ],
)
def test_a_model_that_is_called_with_what_it_does_not_take_is_refused(given: Any) -> None:
    inner = _inner(
        image(name="p"), image(name="q"), layer("Subtract", "minus", "p", "q"), inputs=("p", "q")
    )
    inner["inbound_nodes"] = [{"args": [given], "kwargs": {}}]
    with pytest.raises(FormatError):
        opened(functional(image(), conv("a", "image"), inner))


def test_a_model_that_is_called_with_tensors_beside_its_inputs_is_refused() -> None:
    inner = _inner(image(name="x"), conv("a", "x"), inputs=("x",))
    inner["inbound_nodes"] = [{"args": [tensor("image")], "kwargs": {"other": tensor("image")}}]
    with pytest.raises(FormatError, match="'inner' is called with tensors beside its inputs"):
        opened(functional(image(), inner))


@pytest.mark.parametrize("what", ["input_layers", "output_layers"])
def test_ends_inside_of_each_other_are_refused(what: str) -> None:
    model = functional(image(), conv("a", "image"))
    one = model["config"][what][0]
    model["config"][what] = {"x": [one, one]}
    with pytest.raises(
        FormatError, match=f"its {what.partition('_')[0]}s in lists or dictionaries"
    ):
        opened(model)


def test_the_key_of_an_input_names_it_where_keras_named_it_by_itself() -> None:
    model = functional(
        image(name="input_layer"), image(name="eye"), conv("a", "eye"), conv("b", "input_layer")
    )
    inputs = {"left": ["input_layer", 0, 0], "right": ["eye", 0, 0]}
    model["config"] |= {"input_layers": inputs, "output_layers": {'x"y': ["a", 0, 0]}}
    architecture = opened(model).architecture
    assert [architecture.by_id[i].label for i in architecture.inputs] == ["left", "eye"]
    assert architecture.input_keys == ("left", "right")
    assert architecture.output_keys == ('x"y',)


def test_a_case_of_keras_2_keeps_both_calls() -> None:
    with (CASES / "F03_chain_keras2.h5").open("rb") as file:
        result = open_file(file, "F03_chain_keras2.h5", fold=False)
    ids = {node.id: node.inputs for node in result.architecture}
    assert ids == {"input_1": (), "conv2d_1": ("input_1",), "conv2d_2": ("conv2d_1",)}
    assert infer(result.architecture).total_params == 2 * (3 * 3 * 3 * 3 + 3)


def test_a_sequential_file_of_keras_2_0_is_read() -> None:
    content = (CASES / "old_seq.json").read_bytes()
    result = open_file(io.BytesIO(content), "old_seq.json")
    assert not result.unmapped
    assert infer(result.architecture).total_params == (9 * 32 + 32) + (26 * 26 * 32 * 10 + 10)
    described = json.loads(content)
    inside = layer("Sequential", "seq", "image") | {"config": described["config"]}
    inside["config"][0]["config"]["batch_input_shape"] = [None, 16, 16, 3]
    nested = opened(functional(image(), inside))
    assert infer(nested.architecture).output_shapes == ((10,),)


FORMS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "to_json()": lambda model: model,
    "to_json() as JSON": json.dumps,
    "to_json() as JSON of JSON": lambda model: json.dumps(json.dumps(model)),
    "get_config()": lambda model: model["config"],
    "get_config() as JSON": lambda model: json.dumps(model["config"]),
}


@pytest.mark.parametrize("form", FORMS)
def test_settings_alone_and_texts_inside_of_texts_are_read(form: str) -> None:
    chain = sequential(conv("a", batch_shape=[None, 8, 8, 3]), conv("b"))
    forked = functional(image(), conv("a", "image"), conv("b", "a"), outputs=("b", "a"))
    old = {"class_name": "Sequential", "config": chain["config"]["layers"]}
    for model in (chain, forked, old):
        found = open_file(io.BytesIO(text(FORMS[form](model))), "net.json").architecture
        expected = opened(model, "net.json", fold=True).architecture
        assert found == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"name": "conv", "filters": 3, "kernel_initializer": {"class_name": "Zeros"}},
            "an object of 'name', 'filters', 'kernel_initializer', expected the class_name",
        ),
        ([{"class_name": "Dense"}], "received [{'class_name': 'Dense'}], expected the class_name"),
        (json.dumps(json.dumps(json.dumps("class_name"))), "a JSON text inside of texts"),
        (dict.fromkeys("abcdefg", "class_name"), "'a', 'b', 'c', 'd', 'e' and more"),
        ({"layers": 3, "x": "class_name"}, "write model.to_json() to the file, or save the model"),
    ],
)
def test_what_is_no_model_is_called_by_what_it_is(content: Any, message: str) -> None:
    with pytest.raises(FormatError) as refused:
        open_file(io.BytesIO(text(content)), "net.json")
    assert message in str(refused.value)


def test_a_layer_that_is_called_twice_gives_two_nodes_and_says_so() -> None:
    shared = conv("shared", "image")
    shared["inbound_nodes"].append(call("shared"))
    relu = layer("ReLU", "relu", "shared:1")
    relu["inbound_nodes"].append(call("relu"))
    result = opened(functional(image(), shared, relu, layer("Flatten", "end", "relu:1")))
    assert wiring(result) == {
        "image": (),
        "shared": ("image",),
        "conv2d_2": ("shared",),
        "relu": ("conv2d_2",),
        "re_lu_2": ("relu",),
        "end": ("re_lu_2",),
    }
    reason = Problem(Reason.SHARED_WEIGHTS)
    assert result.unmapped == (Unmapped("shared", "Conv2D", reason, kept=True),)
    assert result.unmapped[0].reason == "its calls share their weights, and here each has its own"


def test_a_layer_with_several_outputs_is_reported() -> None:
    two = layer("Flatten", "end") | {"inbound_nodes": [{"args": [tensor("stem", 1)]}]}
    result = opened(functional(image(), conv("stem", "image"), two))
    assert [str(found) for found in result.unmapped] == [
        "stem (Conv2D): it has more than one output, and blocks here have one"
    ]
    assert wiring(result)["end"] == ("stem",)


def test_what_is_left_out_is_bridged() -> None:
    model = functional(
        image(),
        conv("a", "image"),
        layer("MultiHeadAttention", "looks", "a", "image", num_heads=2),
        conv("b", "looks"),
    )
    result = opened(model)
    assert wiring(result) == {"image": (), "a": ("image",), "b": ("a",)}
    assert result.unmapped == (
        Unmapped("looks", "MultiHeadAttention", Problem(Reason.NO_SUCH_LAYER)),
    )
    assert infer(result.architecture).ok


def test_an_input_that_is_no_image_is_left_out_and_its_readers_stay() -> None:
    model = functional(
        image(),
        layer("InputLayer", "age", batch_shape=[None, 1]),
        layer("Dense", "years", "age", units=4),
        layer("Flatten", "flat", "image"),
        layer("Concatenate", "both", "flat", "years"),
        inputs=("image", "age"),
    )
    result = opened(model)
    assert wiring(result)["years"] == ()
    assert [str(found) for found in result.unmapped] == [
        "age (InputLayer): it reads 1, and networks here read images (height×width×channels)"
    ]
    assert "has no input" in str(infer(result.architecture).errors[0])


def test_a_file_of_keras_2() -> None:
    """Lists of inputs, other names of settings, no modules."""
    old = [
        _old("InputLayer", "input_1", [], batch_input_shape=[None, 16, 16, 3], sparse=False),
        _old("Conv2D", "stem", [[["input_1", 0, 0, {}]]], filters=4, kernel_size=[3, 3]),
        _old("LeakyReLU", "soft", [[["stem", 0, 0, {}]]], alpha=0.2),
        _old("Add", "sum", [[["soft", 0, 0, {}], ["stem", 0, 0, {}]]]),
        _old("Activation", "act", [["sum", 0, 0, {"training": True}]], activation="swish"),
    ]
    model = {
        "class_name": "Model",
        "config": {
            "name": "model_1",
            "layers": old,
            "input_layers": [["input_1", 0, 0]],
            "output_layers": [["act", 0, 0]],
        },
        "keras_version": "2.3.1",
        "backend": "tensorflow",
    }
    result = opened(model, "old_net.json")
    assert result.architecture.name == "old_net"
    assert wiring(result) == {
        "input_1": (),
        "stem": ("input_1",),
        "soft": ("stem",),
        "sum": ("soft", "stem"),
        "act": ("sum",),
    }
    blocks = {node.label: node.block for node in result.architecture}
    assert blocks["soft"].values() == {"negative_slope": 0.2}
    assert blocks["act"].values() == {"activation": "silu"}
    assert [found.layer for found in result.unmapped] == ["act"]  # training=True


def _old(class_name: str, name: str, inbound: list[Any], **config: Any) -> dict[str, Any]:
    config = {"name": name, "trainable": True, "dtype": "float32", **config}
    return {"class_name": class_name, "name": name, "config": config, "inbound_nodes": inbound}


@pytest.mark.parametrize(
    ("model", "file", "title"),
    [
        ("resnet", "x.json", "resnet"),
        ("functional_3", "my net.json", "my net"),
        ("functional", "", "functional"),
        ("", "", "imported"),
        ("a\nb", "dir\\c.json", "c"),
        ("x" * 200, "", "x" * 80),
    ],
)
def test_the_name_of_the_architecture(model: str, file: str, title: str) -> None:
    content = functional(image(), conv("a", "image"), name=model)
    assert opened(content, file).architecture.name == title


def test_names_that_cannot_be_kept_are_dropped() -> None:
    names = ["block/conv", "block-1", "1st", "conv2d_7", "conv2d", "add", "größe", "a", "x" * 70]
    layers = [conv(name, before) for before, name in zip(["image", *names], names, strict=False)]
    result = opened(functional(image(), *layers))
    assert [node.name for node in result.architecture] == ["image", "conv", *[""] * 6, "a", ""]
    assert infer(result.architecture).ok


def test_findings_with_one_reason_are_put_together() -> None:
    frozen = Problem(Reason.FROZEN)
    found = [Unmapped(f"conv_{k}", "Conv2D", frozen, kept=True) for k in range(5)]
    lost = Unmapped("odd", "Odd", Problem(Reason.NO_SUCH_LAYER))
    first, second = grouped([*found, Unmapped("dense", "Dense", frozen, kept=True), lost])
    assert str(first) == "odd (Odd): the catalogue has no such layer"
    assert str(second) == (
        "conv_0, conv_1, conv_2 and 3 more (Conv2D, Dense): it is frozen (trainable=False), and "
        "layers here are trained"
    )


def test_layers_are_put_together_by_what_is_wrong_not_by_its_words() -> None:
    values = ("adam", "adam", "sgd")
    problems = [
        Problem(Reason.NO_COUNTERPART, {"setting": "odd", "value": value}) for value in values
    ]
    made = [Unmapped(f"l{k}", "Dense", problem) for k, problem in enumerate(problems)]
    assert [found.layers for found in grouped(made)] == [("l0", "l1"), ("l2",)]
    assert [from_plain(json.loads(json.dumps(one.plain()))) for one in made] == made
