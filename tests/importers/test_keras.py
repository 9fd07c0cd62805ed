"""Models that Keras itself saved: its applications, our templates, and drawn networks.

What comes in has Keras's own layers, shapes and parameters; what goes out again builds the same
model.
"""

import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given

from builder.blocks.base import Layer
from builder.blocks.layers import LAYERS
from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.importers.opening import open_file
from builder.importers.result import ImportResult
from builder.importers.sameness import canonical, is_same_network
from builder.importers.values import shortest
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from tests.differential.attempts import attempt, drawn
from tests.drawing import blocks, networks, stacks
from tests.importers.files import call, functional, image, text
from tests.importers.flat import flattened

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # saving
]

FAMILIES = {
    "ConvNeXtTiny": 20,
    "DenseNet121": 15,
    "EfficientNetB0": 20,
    "EfficientNetV2B0": 300,
    "InceptionResNetV2": 450,
    "InceptionV3": 20,
    "MobileNet": 20,
    "MobileNetV2": 20,
    "MobileNetV3Small": 200,
    "NASNetMobile": 25,
    "ResNet50": 10,
    "ResNet50V2": 15,
    "VGG16": 10,
    "Xception": 12,
}
"""The smallest of each family of `keras.applications`, and the most nodes that it may come to."""

WRITTEN_DIFFERENTLY = {
    "ConvNeXtTiny": ({"LayerScale": 18}, {"DepthwiseConv2D": 18}),
    "InceptionResNetV2": ({"CustomScaleLayer": 40}, {"Rescaling": 40, "Add": 40}),
    "MobileNetV3Small": ({"Add": 9, "Multiply": 9}, {"Rescaling": 18}),  # `x + 3`, `x * (1 / 6)`
}
"""Layers that the catalogue lacks, and those that do exactly the same in their place.

`test_operations.py` runs two of these families, and has them give the same outputs.
"""

TEMPLATE_NAMES = ("small_residual", "mini_xception", "se_residual_digits", "resnet50_cifar100")


@pytest.fixture
def oracle() -> Iterator[Any]:
    from tests.differential import oracle

    oracle.keras.backend.clear_session(free_memory=False)
    oracle.keras.utils.set_random_seed(3)
    yield oracle
    oracle.keras.backend.clear_session()


def opened(content: bytes, name: str = "model.json", *, fold: bool = True) -> ImportResult:
    return open_file(io.BytesIO(content), name, fold=fold)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_comes_in_and_goes_out_again(name: str, oracle: Any) -> None:
    application = getattr(oracle.keras.applications, name)
    size = application.__defaults__ and (299 if "ception" in name else 224)
    with oracle.without_values():
        model = application(weights=None, input_shape=(size, size, 3))
    content = model.to_json().encode()
    flat, folded = opened(content, fold=False), opened(content)
    assert not folded.unmapped
    assert folded.architecture.name == model.name
    assert len(folded.architecture.nodes) <= FAMILIES[name]
    assert is_same_network(flat.architecture, folded.architecture)
    operations = [*_operations(model)]
    assert flat.num_layers == len(operations)
    _compare_layers(operations, flat.architecture, WRITTEN_DIFFERENTLY.get(name, ({}, {})))
    assert infer(folded.architecture).total_params == model.count_params()
    if name in WRITTEN_DIFFERENTLY:
        built = oracle.outline(to_script(folded.architecture))
        assert Counter(built.layers) == Counter(_inferred(folded.architecture, oracle))


def _operations(model: Any) -> Iterator[Any]:
    """Every layer and function in a model, with those of inner models, in the file's order."""
    for operation in model.operations if hasattr(model, "operations") else model.layers:
        inner = [*_operations(operation)] if hasattr(operation, "layers") else [operation]
        nested = inner != [operation]
        yield from (i for i in inner if not (nested and type(i).__name__ == "InputLayer"))


def _compare_layers(
    operations: list[Any],
    architecture: Architecture,
    differently: tuple[dict[str, int], dict[str, int]],
) -> None:
    """Each layer has its class, shape and parameters, but for those written differently."""
    theirs = Counter(
        (type(o).__name__, tuple(o.output.shape[1:]), getattr(o, "count_params", int)())
        for o in operations
    )
    ours = Counter(
        (call.facts.layer.class_name(), call.facts.output_shape, call.facts.params)
        for node in infer(architecture).used
        for call in node.layers
    )
    lost, added = theirs - ours, ours - theirs
    assert _classes(lost) == differently[0]
    assert _classes(added) == differently[1]
    assert _params(lost) == _params(added)


def _classes(layers: Counter[Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (name, _, _), times in layers.items():
        found[name] += times
    return found


def _params(layers: Counter[Any]) -> int:
    return sum(params * times for (_, _, params), times in layers.items())


def _inferred(architecture: Architecture, oracle: Any) -> list[Any]:
    return [
        oracle.Observed(f.layer.class_name(), f.output_shape, f.params, f.trainable_params, f.macs)
        for node in infer(architecture).used
        for f in (call.facts for call in node.layers)
    ]


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_template_comes_back_from_a_file(name: str, oracle: Any, tmp_path: Path) -> None:
    template = TEMPLATES[name].architecture
    model = oracle.build(to_script(template)).model
    for ending in (".keras", ".h5"):
        path = tmp_path / f"{name}{ending}"
        model.save(path)
        with path.open("rb") as file:
            result = open_file(file, path.name)
        assert not result.unmapped
        assert is_same_network(result.architecture, template)
        assert result.architecture.name == name


@drawn(24)
@given(networks() | stacks())
def test_drawn_networks_come_back(architecture: Architecture) -> None:
    from keras.backend import clear_session

    from tests.differential.oracle import outline

    if not infer(architecture).ok:
        return
    clear_session(free_memory=False)
    model = outline(to_script(architecture)).model
    result = opened(model.to_json().encode())
    assert not result.unmapped
    mine, theirs = infer(result.architecture), infer(architecture)
    assert mine.input_shapes == theirs.input_shapes
    assert mine.output_shapes == theirs.output_shapes
    assert is_same_network(result.architecture, _as_read(architecture))


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "Input"])
def test_a_layer_with_any_settings_comes_back(name: str) -> None:
    """What Keras writes of a layer is read as the layer that it was made from."""
    from keras.saving import serialize_keras_object

    from tests.differential.oracle import make

    @drawn(24)
    @given(blocks(LAYERS[name]))
    def comes_back(layer: Layer) -> None:
        shapes = [(16, 16, 3)] * layer.min_inputs
        made = attempt(lambda: layer.output_shape(*shapes) and make(layer))
        if isinstance(made, str):
            return  # the settings fit no image, or Keras refuses them
        described = json.loads(json.dumps(serialize_keras_object(made)))
        sources = ("image", "image")[: layer.min_inputs]
        described |= {"name": "one", "inbound_nodes": [call(*sources)]}
        result = opened(text(functional(image(), described)), fold=False)
        assert not result.unmapped
        assert canonical(cast(Layer, result.architecture.nodes[-1].block)) == _layer_as_read(layer)

    comes_back()


def _as_read(architecture: Architecture) -> Architecture:
    """The network in single layers, as Keras keeps them."""
    flat = flattened(architecture)
    shapes = {i: node.output_shape for i, node in infer(flat).nodes.items()}

    def changed(node: Node) -> Node:
        shape = (shapes[node.inputs[0]] if node.inputs else None) or ()
        layer = _layer_as_read(cast(Layer, node.block), len(shape))
        values = layer.values()
        if values.get("groups") == -1:  # Keras writes the number of channels that it found
            channels = shape[values["axis"] - (values["axis"] > 0)]
            layer = layer.create(values | {"groups": channels})
        return replace(node, block=layer)

    return flat.with_nodes([changed(node) for node in flat])


def _layer_as_read(layer: Layer, last_axis: int = 3) -> Layer:
    """The layer with the factor of L1 rounded to 32 bits, and the last axis counted from behind.

    Factors that are numbers of 32 bits, such as 2**-52, are read as the shortest that are the same.
    """
    values = layer.values()
    for name, value in values.items():
        if isinstance(value, dict) and "kind" in value and name.endswith("_regularizer"):
            factors = {key: factor for key, factor in value.items() if key != "kind"}
            if value["kind"] == "L1":
                factors = {"l1": float(np.float32(value["l1"]))}
            values[name] = {key: shortest(factor) for key, factor in factors.items()} | {
                "kind": value["kind"]
            }
    if values.get("axis") == last_axis:
        values["axis"] = -1
    return canonical(layer.create(values))
