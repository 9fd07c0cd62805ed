"""The gallery: every template against its published figure, and against Keras itself.

The exported script is executed, and each of its layers has to be what inference says. Where
`keras.applications` has the same network, the layers have to be made with the same settings and
wired alike; some of them also have to give the same outputs, given the same weights.
"""

from contextlib import nullcontext
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES, Template
from builder.network.inference import infer

TWINS = {
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "resnet50": "ResNet50",
    "resnet101": "ResNet101",
    "resnet152": "ResNet152",
    "densenet121": "DenseNet121",
    "densenet169": "DenseNet169",
    "densenet201": "DenseNet201",
    "inception_v3": "InceptionV3",
    "xception": "Xception",
    "mobilenet_v2": "MobileNetV2",
    "nasnet_mobile": "NASNetMobile",
    "nasnet_large": "NASNetLarge",
} | {f"efficientnet_b{number}": f"EfficientNetB{number}" for number in range(8)}
"""The templates that `keras.applications` has too, with its names."""

COMPUTED = ("resnet50", "mobilenet_v2", "efficientnet_b0")
"""Twins that compute as well: equal layers that are wired alike do the same, and this shows it."""

MOST_NODES = 30
"""A template is made of modules and repeats: more nodes than this are not looked through."""

LARGEST_IMAGE = 160
"""The size of the images that are computed, where a network reads any: all its layers compute."""

gallery = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)


@pytest.fixture
def oracle() -> Any:
    """Keras, asked; its counters of names and its graphs start anew for each test."""
    from tests.differential import oracle

    oracle.keras.backend.clear_session(free_memory=False)
    oracle.keras.utils.set_random_seed(1)
    return oracle


@gallery
def test_the_figure_is_the_published_one(template: Template) -> None:
    inference = infer(template.architecture)
    assert inference.ok
    assert inference.total_params == template.total_params
    if template.trainable_params is not None:
        assert inference.trainable_params == template.trainable_params


@gallery
def test_a_template_can_be_looked_through(template: Template) -> None:
    assert len(template.architecture.nodes) <= MOST_NODES
    assert template.lesson.endswith((".", "?"))
    assert template.reference


def test_u_net_gives_two_values_for_each_of_388_by_388_pixels() -> None:
    assert infer(TEMPLATES["unet"].architecture).output_shapes == ((388, 388, 2),)


@pytest.mark.keras
@gallery
def test_keras_builds_each_layer_as_inferred(template: Template, oracle: ModuleType) -> None:
    make = oracle.build if template.name in COMPUTED else oracle.outline
    with oracle.with_zeros(), oracle.created_layers() as created:
        built = make(to_script(template.architecture))
    inferred = [
        (call.facts.layer.class_name(), *_numbers(call.facts))
        for node in infer(template.architecture).used
        for call in node.layers
    ]
    assert [(layer.name, *_numbers(layer)) for layer in built.layers] == inferred
    assert built.model.count_params() == template.total_params
    if template.name in TWINS:
        _compare_with_twin(template, built.model, _members(built.model, created), oracle)


def _numbers(layer: Any) -> tuple[Any, ...]:
    return layer.output_shape, layer.params, layer.trainable_params, layer.macs


def _members(model: Any, created: list[Any]) -> list[Any]:
    """The model's own layers, in the order in which they were created."""
    ids = {id(layer) for layer in model.layers}
    return [layer for layer in created if id(layer) in ids]


def _compare_with_twin(
    template: Template, model: Any, layers: list[Any], oracle: ModuleType
) -> None:
    computed = template.name in COMPUTED
    application = getattr(oracle.keras.applications, TWINS[template.name])
    with nullcontext() if computed else oracle.without_values(), oracle.created_layers() as created:
        twin = application(weights=None)
    twin_layers = _members(twin, created)
    assert [oracle.observe(a) for a in twin_layers] == [oracle.observe(b) for b in layers]
    assert [_settings(a) for a in twin_layers] == [_settings(b) for b in layers]
    assert _wiring(twin, twin_layers, oracle) == _wiring(model, layers, oracle)
    if computed:
        _compare_outputs(model, layers, twin, twin_layers, oracle)


def _wiring(model: Any, layers: list[Any], oracle: ModuleType) -> list[Any]:
    """Who reads whom, and which layer ends the model; a sum is the same in any order."""
    end = [layer.output is model.output for layer in layers].index(True)
    return [end] + [
        sorted(sources) if isinstance(layer, oracle.keras.layers.Add) else [*sources]
        for layer, sources in zip(layers, oracle.wiring(layers), strict=True)
    ]


def _compare_outputs(
    model: Any, layers: list[Any], twin: Any, twin_layers: list[Any], oracle: ModuleType
) -> None:
    rng = np.random.default_rng(2)
    images = _two_images(model, rng)
    _calibrate(twin, images)
    for layer, twin_layer in zip(layers, twin_layers, strict=True):
        weights = [_disturbed(weight, rng) for weight in twin_layer.weights]
        layer.set_weights(weights)
        twin_layer.set_weights(weights)
    found, expected = (_features_and_outputs(oracle.keras, m, images) for m in (model, twin))
    features = expected[0]
    assert np.abs(features[0] - features[1]).max() > 0.01 * np.abs(features).max(), "signal lost"
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6 * np.abs(theirs).max())


def _two_images(model: Any, rng: np.random.Generator) -> Any:
    """Noise around two colors."""
    _, height, width, channels = model.input.shape
    if not any(type(layer).__name__ == "Flatten" for layer in model.layers):
        height, width = min(height, LARGEST_IMAGE), min(width, LARGEST_IMAGE)
    colors = rng.uniform(0, 200, (2, 1, 1, channels))
    noise = rng.uniform(0, 55, (2, height, width, channels))
    return (colors + noise).astype("float32")


def _settings(layer: Any) -> Any:
    """Everything that the layer was made with but its name; the channels' axis counted from 0."""
    settings = _without(layer.get_config(), {"name", "seed"})
    if settings.get("axis") in (-1, [-1]):
        settings["axis"] = 3 if settings["axis"] == -1 else [3]
    return settings


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return [_without(item, keys) for item in value] if isinstance(value, list | tuple) else value


def _calibrate(model: Any, images: Any) -> None:
    """Sets each BatchNormalization's statistics to those of the images, so that signals survive."""
    normalizing = [layer for layer in model.layers if hasattr(layer, "momentum")]
    for layer in normalizing:
        layer.momentum = 0.0
    if normalizing:
        model.call(images, training=True)


def _disturbed(weight: Any, rng: np.random.Generator) -> Any:
    """A kernel or statistic as it is; a bias or scale beside where it starts, so that it counts."""
    values = weight.numpy()
    if values.ndim != 1 or not weight.trainable:
        return values
    return (values + rng.uniform(-0.2, 0.2, values.shape)).astype(values.dtype)


def _features_and_outputs(keras: Any, model: Any, images: Any) -> list[Any]:
    """What the classifier reads, and what it says; `call` takes images of any size."""
    probe = keras.Model(model.input, [model.layers[-1].input, model.output])
    return [value.numpy() for value in probe.call(images, training=False)]
