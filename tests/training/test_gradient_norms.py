"""What is watched inside of Keras's training step is what Keras itself computes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder import edits
from builder.architecture import Architecture
from builder.codegen.script import to_script
from builder.inference import infer
from builder.naming import layer_owners
from builder.templates import TEMPLATES
from builder.training.gradients import read_gradients
from builder.training.metrics_writer import MetricsWriter
from builder.training.worker.gradient_log import GradientLog
from builder.training.worker.gradient_norms import GradientNorms

pytestmark = pytest.mark.keras

BATCH = 8
RNG = np.random.default_rng(0)
IMAGES = RNG.random((4 * BATCH, 6, 6, 1), dtype=np.float32)
CLASSES = RNG.integers(0, 3, size=4 * BATCH)


def made(jit_compile: Any = False) -> tuple[Any, Any]:
    import keras

    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            keras.layers.Conv2D(4, 3, activation="relu", name="first"),
            keras.layers.BatchNormalization(),
            keras.layers.SeparableConv2D(5, 3, name="second"),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(3, activation="softmax", name="third"),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=0.01),
        "sparse_categorical_crossentropy",
        jit_compile=jit_compile,
    )
    return keras, model


def fit(model: Any, num_images: int, epochs: int = 1) -> None:
    model.fit(IMAGES[:num_images], CLASSES[:num_images], BATCH, epochs, shuffle=False, verbose=0)


def test_the_norms_are_those_of_the_gradients_before_they_are_clipped() -> None:
    import tensorflow as tf

    keras, model = made()
    norms = GradientNorms(keras, model, 1)
    assert [name for _, name in norms.layers] == ["first", "second", "third"]
    assert [model.layers[place].name for place, _ in norms.layers] == ["first", "second", "third"]
    assert norms.read() is None
    fit(model, BATCH)
    _, again = made()
    weights = [again.get_layer(name).trainable_variables[0] for _, name in norms.layers]
    with tf.GradientTape() as tape:
        outputs = again(IMAGES[:BATCH], training=True)
        loss = again.compute_loss(IMAGES[:BATCH], CLASSES[:BATCH], outputs)
    expected = [
        float(tf.norm(grad)) for grad in tape.gradient(loss, [weight.value for weight in weights])
    ]
    found = norms.read()
    assert found is not None
    assert found[0] == 0
    assert found[1] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_training_is_the_same_with_and_without(jit_compile: bool) -> None:
    _, bare = made(jit_compile)
    fit(bare, len(IMAGES), 2)
    keras, watched = made(jit_compile)
    norms = GradientNorms(keras, watched, 4)
    fit(watched, len(IMAGES), 2)
    for one, other in zip(bare.get_weights(), watched.get_weights(), strict=True):
        assert (one == other).all()
    assert norms.read() is not None


def test_the_log_holds_the_norms_and_forgets_what_comes_once_more(tmp_path: Path) -> None:
    keras, model = made()
    norms = GradientNorms(keras, model, 4)
    with MetricsWriter(tmp_path, 4, BATCH, len(IMAGES)), GradientLog(tmp_path, norms, 0):
        fit(model, len(IMAGES))
    first = read_gradients(tmp_path)
    assert first is not None
    assert first.names == ("first", "second", "third")
    assert first.steps[-1] == 3
    assert np.isfinite(first.norms).all()
    with MetricsWriter(tmp_path, 4, BATCH, len(IMAGES)), GradientLog(tmp_path, norms, 2):
        pass
    again = read_gradients(tmp_path)
    assert again is not None
    assert [step for step in again.steps if 2 <= step < 3] == []


@pytest.mark.parametrize("name", ["small_residual", "se_residual_digits", "mini_xception"])
def test_layers_are_called_as_keras_calls_them(name: str) -> None:
    import keras

    from tests.differential.oracle import build

    architecture: Architecture = TEMPLATES[name].architecture
    owners = layer_owners(infer(architecture))
    keras.utils.clear_session()  # else it would count on from the layers of other tests
    model = build(to_script(architecture)).model
    assert set(owners) == {layer.name for layer in model.layers}
    assert set(owners.values()) == {node.id for node in architecture}


def test_what_shortcuts_do_for_the_gradient_shows_in_plain_34_and_resnet_34() -> None:
    """Both normalise, so nothing vanishes; but going back through 34 plain layers it explodes."""
    assert spread_at_the_beginning("plain34") > 20
    assert spread_at_the_beginning("resnet34") < 10


def spread_at_the_beginning(name: str) -> float:
    """How many times stronger the first convolution's gradient is than the last one's."""
    import keras
    from sklearn.datasets import load_digits

    from tests.differential.oracle import build

    architecture = edits.set_parameter(
        TEMPLATES[name].architecture, "input_1", "shape", (32, 32, 1)
    )
    keras.utils.set_random_seed(0)
    model = build(to_script(architecture)).model
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    norms = GradientNorms(keras, model, 1)
    digits: Any = load_digits()
    images = np.kron(digits.images[:16], np.ones((4, 4)))[..., np.newaxis] * (255 / 16)
    model.train_on_batch(images, digits.target[:16])
    found = norms.read()
    assert found is not None
    *convolutions, _ = found[1]
    return convolutions[0] / convolutions[-1]
