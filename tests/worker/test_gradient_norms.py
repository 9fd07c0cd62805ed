"""What is watched inside of Keras's training step is what Keras itself computes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.analysis.gradients import read_gradients
from builder.analysis.verdicts import judge
from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.network.layer_paths import layer_titles
from builder.runs.metrics_writer import MetricsWriter
from builder.worker.gradient_log import GradientLog
from builder.worker.gradient_norms import GradientNorms

pytestmark = pytest.mark.keras

BATCH = 8
RNG = np.random.default_rng(0)
IMAGES = RNG.random((4 * BATCH, 6, 6, 1), dtype=np.float32)
CLASSES = RNG.integers(0, 3, size=4 * BATCH)


def made(jit_compile: Any = False, dropout: float = 0.3) -> tuple[Any, Any]:
    import keras

    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            keras.layers.Conv2D(4, 3, activation="relu", name="first"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.SeparableConv2D(5, 3, name="second"),
            keras.layers.Flatten(),
            keras.layers.Dropout(dropout),
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


def by_hand(model: Any, images: Any, classes: Any) -> dict[str, float]:
    """The norm of each trainable weight's gradient, by a tape, in 64 bits; by the weight's path."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        outputs = model(images, training=True)
        loss = model.compute_loss(images, classes, outputs)
    weights = model.trainable_variables
    grads = tape.gradient(loss, [weight.value for weight in weights])
    return {
        weight.path: 0.0 if grad is None else float(np.linalg.norm(np.asarray(grad, np.float64)))
        for weight, grad in zip(weights, grads, strict=True)
    }


def recorded(norms: GradientNorms, model: Any) -> dict[str, float]:
    """What was recorded, by the weight's path."""
    found = norms.read()
    assert found is not None
    return {
        weight.path: norm
        for layer, own in zip(norms.layers, found[1], strict=True)
        for weight, norm in zip(model.layers[layer.place].trainable_variables, own, strict=True)
    }


@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_norms_are_those_of_all_gradients_before_they_are_clipped(jit_compile: bool) -> None:
    dropout = 0.0 if jit_compile else 0.3  # XLA draws other numbers
    keras, model = made(jit_compile, dropout)
    norms = GradientNorms(keras, model, 1)
    assert [layer.name for layer in norms.layers] == [
        "first",
        "norm",
        "second",
        "third",
    ]
    assert [model.layers[layer.place].name for layer in norms.layers] == [
        layer.name for layer in norms.layers
    ]
    assert [name for layer in norms.layers for name, _ in layer.weights] == [
        *("kernel", "bias", "gamma", "beta"),
        *("depthwise_kernel", "pointwise_kernel", "bias", "kernel", "bias"),
    ]
    assert norms.layers[2].weights[1] == ("pointwise_kernel", 4 * 5)
    assert norms.read() is None
    fit(model, BATCH)
    _, again = made(dropout=dropout)
    expected = by_hand(again, IMAGES[:BATCH], CLASSES[:BATCH])
    found = norms.read()
    assert found is not None
    assert found[0] == 0
    assert list(recorded(norms, model).values()) == pytest.approx(
        list(expected.values()), rel=1e-4, abs=1e-6
    )


@pytest.mark.parametrize("scale", [1e-24, 1e24])
def test_a_norm_is_right_where_its_square_would_be_no_number(scale: float) -> None:
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.0), lambda _, outputs: outputs * scale)
    norms = GradientNorms(keras, model, 1)
    model.train_on_batch(np.array([[3.0, 4.0]]), np.zeros((1, 1)))
    found = norms.read()
    assert found is not None
    assert found[1][0] == [pytest.approx(5 * scale, rel=1e-5)]


def planted(keras: Any) -> dict[str, Any]:
    """Networks of which Keras itself says what learns in them: name, layers."""
    layers = keras.layers
    dense = layers.Dense
    bias = keras.initializers.Constant(-100.0)
    return {
        "a dead ReLU": [
            dense(4, "relu", name="one"),
            dense(4, "relu", name="two", bias_initializer=bias),
            dense(3, name="three"),
        ],
        "zeros behind zeros": [
            dense(4, "relu", name="one", kernel_initializer="zeros"),
            dense(3, name="two", kernel_initializer="zeros"),
        ],
        "frozen": [dense(4, name="one", trainable=False), dense(3, name="two")],
        "gamma only": [
            layers.BatchNormalization(center=False, name="one"),
            dense(3, name="two", use_bias=False),
        ],
        "one weight each": [layers.PReLU(name="one"), dense(3, name="two", use_bias=False)],
        "a dead slope": [
            dense(4, "relu", name="one"),
            layers.PReLU(name="two"),
            dense(3, name="three"),
        ],
    }


VERDICTS = {
    "a dead ReLU": (
        "dead",
        "Dead: no gradient at all reaches two, one; nothing is learned there. "
        "Besides, of three only bias learns, no gradient reaches kernel.",
    ),
    "zeros behind zeros": (
        "dead",
        "Dead: no gradient at all reaches one; nothing is learned there. "
        "Besides, of two only bias learns, no gradient reaches kernel.",
    ),
    "frozen": ("healthy", "Healthy: two gets a gradient."),
    "gamma only": ("healthy", "Healthy: every layer gets a gradient; the weakest, "),
    "one weight each": ("healthy", "Healthy: every layer gets a gradient; the weakest, "),
    "a dead slope": ("dead", "Dead: no gradient at all reaches two; nothing is learned there."),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_verdict_on_planted_faults_is_what_the_gradients_say(case: str, tmp_path: Path) -> None:
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), *planted(keras)[case]])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1e-6), loss)
    images = RNG.normal(size=(4 * BATCH, 6)).astype("float32")
    expected = by_hand(model, images[-BATCH:], CLASSES[-BATCH:])
    norms = GradientNorms(keras, model, 4)
    with MetricsWriter(tmp_path, 4, BATCH, len(images)):
        for step in range(4):
            batch = slice(step * BATCH, (step + 1) * BATCH)
            with GradientLog(tmp_path, norms, step):  # which writes at its end
                model.train_on_batch(images[batch], CLASSES[batch])
    assert recorded(norms, model) == pytest.approx(expected, rel=1e-3)
    flow = read_gradients(tmp_path)
    assert flow is not None
    dead = [layer.name for number, layer in enumerate(flow.layers) if all(flow.still(number))]
    assert dead == [
        layer.name
        for layer in model.layers
        if layer.trainable_weights and not any(expected[w.path] for w in layer.trainable_weights)
    ]
    verdict = judge(flow)
    state, message = VERDICTS[case]
    assert verdict.state == state
    assert verdict.message.startswith(message)


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
    names = ["first", "norm", "second", "third"]
    assert [layer.name for layer in first.layers] == names
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
    titles = layer_titles(infer(architecture))
    keras.utils.clear_session()  # else it would count on from the layers of other tests
    model = build(to_script(architecture)).model
    assert set(titles) == {layer.name for layer in model.layers}
    assert {title.partition(" › ")[0] for title in titles.values()} == {
        node.id for node in architecture
    }


def test_what_shortcuts_do_for_the_gradient_shows_in_plain_34_and_resnet_34() -> None:
    """Both normalize, so nothing vanishes; but going back through 34 plain layers it explodes."""
    assert spread_at_the_beginning("plain34") > 20
    assert spread_at_the_beginning("resnet34") < 10


def spread_at_the_beginning(name: str) -> float:
    """How many times stronger the first convolution's gradient is than the last one's."""
    import keras
    from sklearn.datasets import load_digits

    from tests.differential.oracle import build

    architecture = edits.set_parameters(
        TEMPLATES[name].architecture, "input_1", {"shape": (32, 32, 1)}
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
    kernels = [
        own[0]
        for layer, own in zip(norms.layers, found[1], strict=True)
        if layer.name.startswith("conv2d")
    ]
    return kernels[0] / kernels[-1]
