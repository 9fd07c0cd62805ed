"""Wiring: functional and sequential models, models inside of models, files of Keras 2."""

import io
from typing import Any

import pytest

from builder.errors import FormatError
from builder.importers.opening import open_file
from builder.importers.result import ImportResult, Unmapped, grouped
from builder.inference import infer
from tests.importers.files import call, functional, image, layer, sequential, tensor, text


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


def test_outputs_of_an_inner_model_are_told_apart() -> None:
    inner = _inner(
        image(name="x"), conv("a", "x"), conv("b", "x"), inputs=("x",), outputs=("a", "b")
    )
    second = layer("Flatten", "flat") | {"inbound_nodes": [{"args": [tensor("inner", 1)]}]}
    result = opened(functional(image(), inner, second))
    assert wiring(result)["flat"] == ("b",)
    missing = layer("Flatten", "flat") | {"inbound_nodes": [{"args": [tensor("inner", 2)]}]}
    with pytest.raises(FormatError, match="the model 'inner' has no output 2"):
        opened(functional(image(), inner, missing))


def test_inner_models_may_count_their_making_as_a_call() -> None:
    """Keras 2 does, and Keras 3 for a model's outputs."""
    inner = _inner(image(name="x"), conv("a", "x"), inputs=("x",))
    model = functional(image(), inner)
    model["config"]["output_layers"] = [["inner", 1, 0]]
    assert wiring(opened(model)) == {"image": (), "a": ("image",)}


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
    reason = "its calls share their weights, and here each has its own"
    assert result.unmapped == (Unmapped("shared", "Conv2D", reason, kept=True),)


def test_a_layer_with_several_outputs_is_told_of() -> None:
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
        Unmapped("looks", "MultiHeadAttention", "the catalogue has no such layer"),
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
    found = [Unmapped(f"conv_{k}", "Conv2D", "frozen", kept=True) for k in range(5)]
    lost = Unmapped("odd", "Odd", "unknown")
    first, second = grouped([*found, Unmapped("dense", "Dense", "frozen", kept=True), lost])
    assert str(first) == "odd (Odd): unknown"
    assert str(second) == "conv_0, conv_1, conv_2 and 3 more (Conv2D, Dense): frozen"
