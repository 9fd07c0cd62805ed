"""Functions that a model calls without a layer: each is the same function here, or it is told."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.network.architecture import Node
from builder.network.inference import infer

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture
def keras() -> Iterator[Any]:
    from tests.differential import oracle

    oracle.keras.backend.clear_session(free_memory=False)
    yield oracle.keras
    oracle.keras.backend.clear_session(free_memory=False)


EXACT: dict[str, str] = {
    "a quotient": "x / 255",
    "the scaling of MobileNet": "x / 127.5 - 1",
    "a sum": "x + 3",
    "a difference": "x - 1.5",
    "a number minus": "1 - x",
    "a product": "0.5 * x",
    "a sign": "-x",
    "a number for each channel": "(x - np.array([1.0, 2.0, 3.0, 4.0], 'float32'))"
    " / np.array([4.0, 3.0, 2.0, 1.0])",
    "a number for each channel, with all axes": "x * np.full((1, 1, 1, 4), 2.5, 'float32')",
    "an array of one number": "x * np.full((1, 1), 2.5, 'float32')",
    "an array minus": "ops.subtract(np.array([1.0, 2.0, 3.0, 4.0], 'float32'), x)",
    "a tensor for each channel": "x * ops.convert_to_tensor([1.0, 2.0, 3.0, 4.0])",
    "a sum of tensors": "x + conv(x)",
    "a difference of tensors": "conv(x) - x",
    "a product of tensors": "ops.multiply(conv(x), x)",
    "a gate for each channel": "x * ops.sigmoid(ops.mean(x, (1, 2), keepdims=True))",
    "the larger of two": "ops.maximum(x, conv(x))",
    "the smaller of two": "ops.minimum(x, conv(x))",
    "a layer Minimum": "layers.Minimum()([x, conv(x), -x])",
    "the larger of a tensor and a number": "ops.maximum(x, 0.5)",
    "the smaller of a number and a tensor": "ops.minimum(0.5, x)",
    "a limit": "ops.clip(4 * x, 0, 6)",
    "two limits": "ops.clip(x, -0.5, 1.5)",
    "hard tanh by clipping": "ops.clip(x, -1, 1)",
    "a square": "ops.square(x) + x ** 3",
    "an absolute value": "abs(x)",
    "a cast": "ops.cast(x, 'float32') * 2",
    "relu": "ops.relu(x)",
    "relu6": "ops.relu6(4 * x)",
    "relu with settings": "keras.activations.relu(x, negative_slope=0.1, max_value=2.0)",
    "leaky relu": "ops.leaky_relu(x)",
    "elu": "ops.elu(x)",
    "celu": "ops.celu(x)",
    "selu": "ops.selu(x)",
    "silu": "ops.silu(x)",
    "sigmoid": "ops.sigmoid(x)",
    "hard sigmoid": "ops.hard_sigmoid(x)",
    "hard silu": "ops.hard_silu(x)",
    "hard tanh": "ops.hard_tanh(x)",
    "tanh": "ops.tanh(x)",
    "softplus": "ops.softplus(x)",
    "softsign": "ops.softsign(x)",
    "log sigmoid": "ops.log_sigmoid(x)",
    "an exponential": "ops.exp(x)",
    "softmax": "ops.softmax(x)",
    "softmax over the last axis by its number": "ops.softmax(x, axis=3)",
    "log softmax": "ops.log_softmax(x)",
    "gelu, which approximates": "ops.gelu(x)",
    "gelu that is exact": "ops.gelu(x, approximate=False)",
    "gelu as an activation that approximates": "keras.activations.gelu(x, approximate=True)",
    "joining channels": "ops.concatenate([x, conv(x), -x], axis=-1)",
    "joining rows": "ops.concatenate([x, conv(x)], axis=1)",
    "stacking": "ops.stack([x[..., 0], x[..., 2]], axis=-1)",
    "another shape": "ops.reshape(x, (-1, 24, 16))",
    "flattening": "ops.reshape(x, (-1, 384))",
    "a new axis": "ops.expand_dims(ops.mean(x, (1, 2)), 1)",
    "an axis less": "ops.squeeze(ops.mean(x, (1, 2), keepdims=True), (1, 2))",
    "other axes": "ops.transpose(x, (0, 2, 1, 3))",
    "two axes exchanged": "ops.swapaxes(x, 1, 3)",
    "the mean of an image": "ops.mean(x, axis=(1, 2))",
    "the mean of an image, from behind": "ops.mean(x, axis=[-2, -3], keepdims=True)",
    "the largest of an image": "ops.max(x, axis=(1, 2))",
    "the smallest of an image": "ops.min(x, axis=(1, 2))",
    "the sum of an image": "ops.sum(x, axis=(1, 2))",
    "the mean of the rows": "ops.mean(x, axis=1)",
    "the largest of the columns": "ops.max(x, axis=2, keepdims=True)",
    "the attention of CBAM": "x * ops.sigmoid(ops.concatenate([ops.mean(x, -1, keepdims=True),"
    " ops.max(x, -1, keepdims=True)], -1)[..., :1])",
    "the mean of everything but the rows": "ops.mean(x, axis=(2, 3))",
    "the mean of a sequence": "ops.mean(ops.reshape(x, (-1, 12, 32)), axis=1)",
    "the mean of a vector": "ops.mean(ops.reshape(x, (-1, 12, 32)), axis=2)",
    "a margin": "ops.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]])",
    "more channels of zeros": "ops.pad(x, [[0, 0], [0, 0], [0, 0], [2, 2]])",
    "a cut": "x[:, 1:-1, 2:, :]",
    "some channels": "x[..., 1:3]",
    "every other pixel": "x[:, ::2, ::2]",
    "one row": "x[:, 3]",
    "channels in reverse": "x[..., ::-1]",
    "a new axis by an index": "x[:, None, 2, 1]",
    "the scaling of ResNet": "keras.applications.resnet50.preprocess_input(x[..., :3])",
    "the scaling of DenseNet": "keras.applications.densenet.preprocess_input(x[..., :3])",
    "average pooling": "ops.average_pool(x, 2, 2, 'same')",
    "max pooling": "ops.max_pool(x, (2, 3))",
    "channels exchanged": "ops.flip(x, axis=-1)",
    "pixels twice": "ops.repeat(x, 2, axis=1)",
    "channels three times": "ops.repeat(x, 3, axis=-1)",
    "an average": "ops.average(x, axis=1)",
    "resizing": "ops.image.resize(x, (16, 9), interpolation='nearest')",
}
"""What is computed of an image of 8×12×4; `conv` is a convolution."""

TOLD: dict[str, tuple[str, str]] = {
    "a number by a tensor": ("255 / x", "divides by a tensor"),
    "a quotient of tensors": ("x / conv(x)", "divides by a tensor|two tensors"),
    "a division by nought": ("x / 0.0", "divides by nought"),
    "an array for each pixel": ("x * np.ones((8, 12, 1), 'float32')", "neither one number"),
    "an array that widens": ("x[..., :1] * np.ones(4, 'float32')", "does not fit the channels"),
    "a vector and an image": ("x[:, 0, 0] + x[:, :, :1, 0]", "|"),
    "half a power": ("abs(x) ** 0.5", "raises to a power"),
    "another type of numbers": ("ops.cast(x, 'float16')", "dtype='float16'"),
    "another slope": ("ops.elu(x, alpha=0.5)", "alpha=0.5"),
    "another axis of softmax": ("ops.softmax(x, axis=1)", "axis=1"),
    "the mean of all": ("ops.mean(x, axis=(1, 2, 3))", "one number of each example"),
    "the mean of the batch": ("ops.mean(x, axis=(0, 1))", "axis=0"),
    "the mean of axes apart": ("ops.mean(x, axis=(1, 3))", "follow each other"),
    "a new batch": ("ops.reshape(x, (-1, 12, 4))", "shape="),
    "joined examples": ("ops.concatenate([x, x], axis=0)", "axis=0"),
    "a margin that mirrors": (
        "ops.pad(x, [[0, 0], [1, 1], [0, 0], [0, 0]], mode='reflect')",
        "mode='reflect'",
    ),
    "rows in reverse": ("x[:, :, ::-1]", "backwards"),
    "a function that no block does": ("ops.sin(x)", "no block does the same"),
    "a layer's normalization": ("ops.normalize(x)", "no block does the same"),
}
"""What cannot be had exactly, and a part of what is said of it."""


def model_of(expression: str, keras: Any) -> Any:
    def conv(x: Any) -> Any:
        return keras.layers.Conv2D(4, 1)(x)

    names = {"keras": keras, "ops": keras.ops, "layers": keras.layers, "np": np, "conv": conv}
    image = keras.Input((8, 12, 4))
    return keras.Model(image, eval(expression, {**names, "x": conv(image)}))


@pytest.mark.parametrize("title", EXACT)
def test_what_is_exactly_the_same_is_imported(title: str, keras: Any) -> None:
    from tests.importers.exact import assert_exact

    assert_exact(model_of(EXACT[title], keras))


@pytest.mark.parametrize("title", TOLD)
def test_what_no_block_does_is_reported(title: str, keras: Any) -> None:
    from tests.importers.exact import opened

    expression, reason = TOLD[title]
    result = opened(model_of(expression, keras).to_json().encode())
    assert result.unmapped
    found = result.unmapped[-1]
    assert not found.kept
    assert any(part in found.reason for part in reason.split("|")), found.reason
    assert infer(result.architecture).ok


CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize("name", ["ops_div255.json", "ops_mobilenet_preproc.json"])
def test_the_scaling_of_a_file_is_exact(name: str, keras: Any) -> None:
    from tests.importers.exact import assert_exact

    content = (CASES / name).read_bytes()
    result = assert_exact(keras.models.model_from_json(content.decode()), content)
    assert {node.block.type_name() for node in result.architecture} == {
        *("Input", "Rescaling", "Conv2D")
    }


def test_efficientnet_as_it_is_built_for_the_weights_of_imagenet(keras: Any) -> None:
    """Its second Rescaling has one number for each channel."""
    from builder.codegen.keras.script import to_script
    from builder.files.architecture_file import from_json, to_json
    from builder.importers.sameness import is_same_network
    from tests.importers.exact import assert_exact, opened

    content = gzip.decompress((CASES / "effb0_imagenet.json.gz").read_bytes())
    result = assert_exact(keras.models.model_from_json(content.decode()), content)
    scales = [n.block.values()["scale"] for n in result.architecture if _is(n, "Rescaling")]
    assert scales == [1 / 255, [2.0896918976428642, 2.1128856368212916, 2.1081851067789197]]
    folded = opened(content, fold=True).architecture
    assert len(folded.nodes) < 25
    assert is_same_network(folded, result.architecture)
    assert from_json(to_json(folded)) == folded
    assert "Rescaling((2.0896918976428642, 2.1128856368212916, " in to_script(folded)


def _is(node: Node, block: str) -> bool:
    return node.block.type_name() == block


def test_the_mean_of_a_flat_map_is_reported_and_breaks_nothing() -> None:
    from tests.importers.exact import opened

    result = opened((CASES / "F19_mean.json").read_bytes())
    (found,) = result.unmapped
    assert (found.layer, found.kept) == ("mean", False)
    assert "one number of each example" in found.reason
    assert infer(result.architecture).output_shapes == ((16, 48),)


@pytest.mark.parametrize("family", ["MobileNetV3Large", "EfficientNetV2B0", "ConvNeXtTiny"])
def test_families_with_functions_are_exact(family: str, keras: Any) -> None:
    from tests.differential.oracle import with_zeros
    from tests.importers.exact import assert_exact

    application = getattr(keras.applications, family)
    with with_zeros():
        model = application(weights=None, input_shape=(64, 64, 3), classes=7)
    assert_exact(model)


def test_an_h5_file_does_not_say_which_add_is_a_layer(keras: Any, tmp_path: Path) -> None:
    """Layers have settings there that functions lack; what both are called with may be the same."""
    from tests.importers.exact import assert_exact

    ops, layers = keras.ops, keras.layers
    image = keras.Input((8, 12, 4))
    x = layers.Conv2D(4, 3, padding="same")(image)
    x = ops.add(layers.Add()([x, (1 - x) / 2]), x) - np.ones(4, "float32")
    x = layers.Concatenate()([ops.concatenate([x, image], axis=-1), ops.maximum(x, 0)])
    x = layers.Reshape((48, 24))(ops.reshape(ops.softmax(x), (-1, 96, 12)))
    x = layers.Average()([ops.average(x, axis=2), ops.max(x, axis=2)])
    model = keras.Model(image, x)
    model.save(tmp_path / "model.h5")
    assert_exact(model, (tmp_path / "model.h5").read_bytes())


def test_joined_examples_are_reported_of_an_h5_file(keras: Any, tmp_path: Path) -> None:
    from tests.importers.exact import opened

    model_of("ops.concatenate([x, x], axis=0)", keras).save(tmp_path / "model.h5")
    (found,) = opened((tmp_path / "model.h5").read_bytes()).unmapped
    assert "axis=0" in found.reason
