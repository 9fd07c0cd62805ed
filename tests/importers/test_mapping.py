"""Settings of layers: what blocks they become, and what is said where none is the same."""

import io
from typing import Any

import pytest

from builder.blocks.catalogue import block_type
from builder.importers.opening import open_file
from builder.importers.result import ImportResult
from builder.network.inference import infer
from tests.importers.files import call, functional, image, layer, text


def opened(*layers: dict[str, Any], **given: Any) -> ImportResult:
    content = functional(image(16, 16, 4), *layers, **given)
    return open_file(io.BytesIO(text(content)), fold=False)


def one(class_name: str, **config: Any) -> ImportResult:
    return opened(layer(class_name, "one", "image", **config))


def described(result: ImportResult) -> list[str]:
    return [
        f"{n.block.type_name()} {n.block.describe(whole=True)}".strip() for n in result.architecture
    ][1:]


def keras_object(namespace: str, class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": f"keras.{namespace}", "class_name": class_name, "config": config}


def initializer(class_name: str, **config: Any) -> dict[str, Any]:
    return keras_object("initializers", class_name, seed=None, **config)


CONV = {"filters": 8, "kernel_size": [3, 3]}

TAKEN: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "the defaults of Keras": (
        "Conv2D",
        {
            **CONV,
            "strides": [1, 1],
            "padding": "valid",
            "data_format": "channels_last",
            "dilation_rate": [1, 1],
            "groups": 1,
            "activation": "linear",
            "use_bias": True,
            "kernel_initializer": initializer("GlorotUniform"),
            "bias_initializer": initializer("Zeros"),
            "kernel_regularizer": None,
            "activity_regularizer": None,
            "kernel_constraint": None,
            "trainable": True,
            "dtype": keras_object("", "DTypePolicy", name="float32"),
        },
        ["Conv2D 8, 3×3"],
    ),
    "an initializer's settings": (
        "Conv2D",
        {**CONV, "kernel_initializer": initializer("RandomNormal", mean=0.0, stddev=0.01)},
        ["Conv2D 8, 3×3, kernel_initializer RandomNormal mean 0.0, stddev 0.01"],
    ),
    "a constant of nought": (
        "Conv2D",
        {**CONV, "bias_initializer": initializer("Constant", value=0.0)},
        ["Conv2D 8, 3×3"],
    ),
    "a regularizer": (
        "Conv2D",
        {**CONV, "kernel_regularizer": keras_object("regularizers", "L2", l2=0.001)},
        ["Conv2D 8, 3×3, kernel_regularizer L2 l2 0.001"],
    ),
    "the factor of L1, which Keras rounds": (
        "Conv2D",
        {**CONV, "kernel_regularizer": keras_object("regularizers", "L1", l1=0.009999999776482582)},
        ["Conv2D 8, 3×3, kernel_regularizer L1 l1 0.01"],
    ),
    "an activation by an old name": (
        "Conv2D",
        {**CONV, "activation": "hard_swish"},
        ["Conv2D 8, 3×3, hard_silu"],
    ),
    "an activation as a function": (
        "Conv2D",
        {
            **CONV,
            "activation": {"class_name": "function", "config": "gelu"},
        },
        ["Conv2D 8, 3×3, gelu"],
    ),
    "the last axis by its number": ("BatchNormalization", {"axis": [3]}, ["BatchNormalization"]),
    "the strides of a pooling": (
        "MaxPooling2D",
        {"pool_size": [2, 2], "strides": [2, 2]},
        ["MaxPooling2D 2×2"],
    ),
    "equal margins": ("ZeroPadding2D", {"padding": [[2, 2], [2, 2]]}, ["ZeroPadding2D 2"]),
    "a range around nought": ("RandomRotation", {"factor": [-0.2, 0.2]}, ["RandomRotation 0.2"]),
    "an old class": ("MaxPool2D", {"pool_size": [3, 3]}, ["MaxPooling2D 3×3"]),
    "an activation that is a layer": (
        "Conv2D",
        {**CONV, "activation": keras_object("layers", "LeakyReLU", negative_slope=0.1)},
        ["Conv2D 8, 3×3", "LeakyReLU 0.1"],
    ),
    "a threshold": ("ThresholdedReLU", {"theta": 0.5}, ["ReLU threshold 0.5"]),
    "an old initializer": (
        "Conv2D",
        {
            **CONV,
            "kernel_initializer": initializer(
                "VarianceScaling", scale=2.0, mode="fan_in", distribution="normal"
            ),
        },
        [
            "Conv2D 8, 3×3, kernel_initializer VarianceScaling scale 2.0, mode 'fan_in', "
            "distribution 'truncated_normal'"
        ],
    ),
    "a seed": ("Dropout", {"rate": 0.3, "seed": 7}, ["Dropout 0.3"]),
    "nothing at all": ("Identity", {}, []),
    "an activation of no name": ("Activation", {"activation": None}, ["Activation linear"]),
    "a softmax": ("Softmax", {"axis": 3}, ["Activation softmax"]),
    "an exponential unit": ("ELU", {"alpha": 1.0}, ["Activation elu"]),
}

LOST: dict[str, tuple[str, dict[str, Any], str, bool]] = {
    "a class of Keras's": ("LSTM", {"units": 3}, "the catalogue has no such layer", False),
    "channels first": (
        "Conv2D",
        {**CONV, "data_format": "channels_first"},
        "channels come last here",
        False,
    ),
    "too many filters": (
        "Conv2D",
        {**CONV, "filters": 70_000},
        "filters: received 70000, expected a whole number from 1 to 65,536",
        False,
    ),
    "a wrong type": ("Dense", {"units": "many"}, "units: received 'many'", False),
    "another axis of softmax": (
        "Softmax",
        {"axis": 1},
        "its axis=1 has no counterpart here",
        False,
    ),
    "another slope": ("ELU", {"alpha": 0.5}, "its alpha=0.5 has no counterpart here", False),
    "an activation that is a layer which the catalogue lacks": (
        "Conv2D",
        {**CONV, "activation": keras_object("layers", "GaussianDropout", rate=0.1)},
        "its activation GaussianDropout is not in the catalogue",
        True,
    ),
    "an activation that is a layer with another slope": (
        "Conv2D",
        {**CONV, "activation": keras_object("layers", "ELU", alpha=0.5)},
        "its activation ELU is not in the catalogue",
        True,
    ),
    "a constraint": (
        "Conv2D",
        {**CONV, "kernel_constraint": keras_object("constraints", "NonNeg")},
        "its kernel_constraint=NonNeg has no counterpart here",
        True,
    ),
    "an initializer that the catalogue lacks": (
        "Conv2D",
        {**CONV, "kernel_initializer": initializer("Identity", gain=1.0)},
        "its initializer 'Identity' is not in the catalogue",
        True,
    ),
    "a bias that starts at 0.5": (
        "Conv2D",
        {**CONV, "bias_initializer": initializer("Constant", value=0.5)},
        "bias_initializer: received",
        True,
    ),
    "a scale that starts at nought": (
        "BatchNormalization",
        {"gamma_initializer": initializer("Zeros")},
        "its gamma_initializer='zeros' has no counterpart here",
        True,
    ),
    "frozen weights": ("Conv2D", {**CONV, "trainable": False}, "it is frozen", True),
    "half precision": (
        "Conv2D",
        {**CONV, "dtype": keras_object("", "DTypePolicy", name="mixed_float16")},
        "it works in mixed_float16",
        True,
    ),
    "an unknown setting": (
        "Flatten",
        {"novelty": 3},
        "its novelty=3 has no counterpart here",
        True,
    ),
}


@pytest.mark.parametrize("title", TAKEN)
def test_what_is_the_same_is_imported(title: str) -> None:
    class_name, config, expected = TAKEN[title]
    result = one(class_name, **config)
    assert result.unmapped == ()
    assert described(result) == expected


@pytest.mark.parametrize("title", LOST)
def test_what_is_not_the_same_is_reported(title: str) -> None:
    class_name, config, reason, kept = LOST[title]
    result = one(class_name, **config)
    (found,) = result.unmapped
    assert (found.layer, found.class_name, found.kept) == ("one", class_name, kept)
    assert reason in found.reason
    assert len(result.architecture.nodes) == (2 if kept else 1)


def test_lost_arguments_of_a_call_are_reported() -> None:
    odd = layer("Conv2D", "one", **CONV)
    odd["inbound_nodes"] = [call("image", kwargs={"training": True, "mask": None, "scale": 2})]
    assert [found.reason for found in opened(odd).unmapped] == [
        "it is called with scale=2, which blocks here do not know"
    ]


def test_an_open_size_is_filled_in_and_told_of() -> None:
    content = functional(image(None, None, 3), layer("Conv2D", "one", "image", **CONV))
    result = open_file(io.BytesIO(text(content)))
    assert infer(result.architecture).input_shapes == ((224, 224, 3),)
    assert "224×224×3 stands in for it" in result.unmapped[0].reason


CONVNEXT = "keras.src.applications.convnext"


def test_the_layers_of_convnext_are_put_together_exactly() -> None:
    scale = layer(
        "LayerScale", "scale", "image", module=CONVNEXT, init_values=1e-6, projection_dim=4
    )
    depth = layer("StochasticDepth", "depth", "scale", module=CONVNEXT, drop_path_rate=0.1)
    result = opened(scale, depth)
    assert result.unmapped == ()
    assert described(result)[1] == "Dropout 0.1, noise_shape None×1×1×1"
    assert result.architecture.nodes[1].block.values() == {"initial_value": 1e-6}
    assert [node.params for node in infer(result.architecture).used] == [0, 4, 0]


def test_a_layer_scale_of_other_channels_is_left_out() -> None:
    scale = layer(
        "LayerScale", "scale", "image", module=CONVNEXT, init_values=1e-6, projection_dim=5
    )
    assert "something else than the channels" in opened(scale).unmapped[0].reason


@pytest.mark.parametrize(
    "written",
    [
        {"module": "keras.src.applications.inception_resnet_v2"},
        {
            "module": "tf_keras.src.applications.inception_resnet_v2",
            "registered_name": "Custom>CustomScaleLayer",
        },
        {"class_name": "Custom>CustomScaleLayer"},
    ],
    ids=["Keras 3", "Keras 2", "Keras 2 in an .h5 file"],
)
def test_the_scaled_sum_of_inception_resnet(written: dict[str, str]) -> None:
    total = layer("CustomScaleLayer", "sum", "image", "conv", scale=0.17) | written
    result = opened(layer("Conv2D", "conv", "image", filters=4, kernel_size=[1, 1]), total)
    assert described(result)[1:] == ["Rescaling 0.17", "Add"]
    rescaling, add = result.architecture.nodes[-2:]
    conv = result.architecture.nodes[1]
    assert rescaling.inputs == (conv.id,)
    assert add.inputs == (result.architecture.nodes[0].id, rescaling.id)
    assert add.name == "sum"


def operation(class_name: str, *args: Any, **config: Any) -> dict[str, Any]:
    made = layer(class_name, "op", module="keras.src.ops.numpy", **config)
    tensors = [call(arg)["args"][0] if isinstance(arg, str) else arg for arg in args]
    made["inbound_nodes"] = [{"args": tensors, "kwargs": {}}]
    return made


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (operation("Add", "image", 3.0), ["Rescaling 1, offset 3"]),
        (operation("Multiply", 0.5, "image"), ["Rescaling 0.5"]),
        (operation("Add", "image", "image"), ["Add"]),
        (operation("Relu", "image"), ["Activation relu"]),
        (operation("Mean", "image", axis=[1, 2]), ["GlobalAveragePooling2D"]),
        (operation("Subtract", 1.0, "image"), ["Rescaling -1, offset 1"]),
        (operation("Divide", "image", 2.0), ["Rescaling 0.5"]),
        (operation("TrueDivide", "image", 255), ["Rescaling 1/255"]),
        (operation("Negative", "image"), ["Rescaling -1"]),
        (
            operation("Add", "image", [1.0, 2.0, 3.0, 4.0]),
            ["Rescaling 1, offset (1, 2, 3, 4)"],
        ),
        (operation("Add", "image", 0), []),
        (operation("Cast", "image", dtype="float32"), []),
    ],
)
def test_functions_without_a_layer(made: dict[str, Any], expected: list[str]) -> None:
    result = opened(made)
    assert result.unmapped == ()
    assert described(result) == expected


def test_a_function_that_reads_more_than_its_blocks_is_reported() -> None:
    """`.h5` files do not say where Softmax is from; called with a mask it is none of ours."""
    masked = operation("Softmax", "image", "image")
    del masked["module"]
    (found,) = opened(masked).unmapped
    assert "it reads more than" in found.reason


def test_many_numbers_are_described_by_the_first() -> None:
    block = block_type("Rescaling").create({"scale": [0.5] * 1_024})
    assert block.describe() == "(0.5, 0.5, 0.5, 0.5 and 1,020 more)"


def node(op: str, *inputs: str, attr: Any = None, **constants: Any) -> dict[str, Any]:
    """A function as TensorFlow 2.1 to 2.3 writes it; constants by their place, as `_1`."""
    made = layer(
        "TensorFlowOpLayer",
        "op",
        node_def={"name": "op", "op": op, "input": [], "attr": attr or {"T": {"type": "DT_FLOAT"}}},
        constants={place.removeprefix("_"): value for place, value in constants.items()},
    )
    return made | {"inbound_nodes": [[[name, 0, 0, {}] for name in inputs]]}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (node("RealDiv", "image", _1=255.0), ["Rescaling 1/255"]),
        (node("Sub", "image", _0=1.0), ["Rescaling -1, offset 1"]),
        (node("AddV2", "image", "image"), ["Add"]),
        (node("BiasAdd", "image", _1=[1.0, 2.0, 3.0, 4.0]), ["Rescaling 1, offset (1, 2, 3, 4)"]),
        (node("Relu6", "image"), ["Activation relu6"]),
        (
            node("LeakyRelu", "image", attr={"alpha": {"f": 0.10000000149011612}}),
            ["LeakyReLU 0.1"],
        ),
        (node("ConcatV2", "image", "image", _2=-1), ["Concatenate"]),
        (
            node("Mean", "image", attr={"keep_dims": {"b": True}}, _1=[1, 2]),
            ["GlobalAveragePooling2D keepdims"],
        ),
        (node("Reshape", "image", _1=[-1, 1024]), ["Flatten"]),
    ],
)
def test_functions_of_the_first_tensorflow_2(made: dict[str, Any], expected: list[str]) -> None:
    result = opened(made)
    assert result.unmapped == ()
    assert described(result) == expected


@pytest.mark.parametrize(
    "made",
    [
        node("Einsum", "image"),
        node("RealDiv", "image", _0=255.0),
        node("BiasAdd", "image", attr={"data_format": {"s": "TkNIVw=="}}, _1=[1.0] * 4),
        node("Mul", "image", _7=2.0),
        {**node("Mul", "image"), "config": {"name": "op", "node_def": "text"}},
    ],
)
def test_functions_of_the_first_tensorflow_2_that_no_block_does(made: dict[str, Any]) -> None:
    (found,) = opened(made).unmapped
    assert not found.kept


@pytest.mark.parametrize(
    "made",
    [
        operation("Divide", 2.0, "image"),
        operation("Divide", "image", 0),
        operation("Add", "image", [1.0, 2.0]),
        operation("Add", "image", {"class_name": "__numpy__", "config": {"value": "a text"}}),
        operation("Mean", "image", axis=[1, 3]),
        operation("Mean", "image", axis=[1, 2, 3]),
        operation("Sin", "image"),
        operation("Softmax", "image", axis=1),
    ],
)
def test_functions_that_no_block_does(made: dict[str, Any]) -> None:
    (found,) = opened(made).unmapped
    assert "a function without a layer" in found.reason
    assert not found.kept
