"""Scores, class maps and filters of a model, against what follows from its weights by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = [
    pytest.mark.keras,
    # Keras copies its variables in a way that NumPy 2 takes, but does not like.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (3, 6, 5, 2), dtype=np.uint8)

Saved = Callable[..., Any]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Builds a network, saves it and opens it as what is looked at; gives both."""

    def save(
        end: Callable[[Any, Any], Any], shape: tuple[int, int, int] = (6, 5, 2)
    ) -> tuple[Any, Any]:
        import keras

        from builder.worker.trained_model import TrainedModel

        keras.utils.set_random_seed(3)
        inputs = keras.Input(shape)
        model = keras.Model(inputs, end(keras.layers, inputs))
        for weight in model.weights:  # biases too, which are zero at first
            weight.assign(RNG.normal(size=weight.shape) * 0.3)
        model.save(tmp_path / "model.keras")
        return model, TrainedModel(tmp_path / "model.keras")

    return save


def mapped(layers: Any, inputs: Any) -> Any:
    """What every network here begins with: an image of a small range, and its convolution."""
    x = layers.Rescaling(1 / 255)(inputs)
    return layers.Conv2D(4, 3, padding="same", activation="tanh", name="maps")(x)


def pooled(units: int, activation: str | None) -> Callable[[Any, Any], Any]:
    def end(layers: Any, inputs: Any) -> Any:
        x = layers.GlobalAveragePooling2D()(mapped(layers, inputs))
        return layers.Dense(units, activation=activation, name="head")(x)

    return end


def values_of(model: Any, layer: str) -> np.ndarray:
    import keras

    inner: Any = keras.Model(model.inputs, model.get_layer(layer).output)
    return inner.predict(IMAGES, verbose=0)


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_grad_cam_behind_average_pooling_is_the_weighted_sum_of_the_maps(saved: Saved) -> None:
    """For convolution, average and one dense layer it follows from the weights (section 3.1)."""
    model, looked = saved(pooled(3, "softmax"))
    maps, weights = values_of(model, "maps"), model.get_layer("head").kernel.numpy()
    for chosen in ([0, 1, 2], [2, 2, 2]):
        sums = np.einsum("nhwk,kn->nhw", maps, weights[:, chosen]) / (6 * 5)
        assert (sums < 0).any()
        assert (sums > 0).any()
        found = looked.class_maps(IMAGES, "maps", np.array(chosen))
        assert found == pytest.approx(np.maximum(sums, 0), abs=1e-6)


def test_the_gradient_is_that_of_the_score_before_softmax(saved: Saved) -> None:
    """Where softmax is sure of itself, its own gradient is zero, and the score's is not."""
    model, looked = saved(pooled(3, "softmax"))
    head = model.get_layer("head")
    head.bias.assign([1_000.0, 0.0, 0.0])
    looked._model.get_layer("head").bias.assign(head.bias)
    assert model.predict(IMAGES, verbose=0)[:, 0].min() == 1.0
    sums = np.einsum("nhwk,k->nhw", values_of(model, "maps"), head.kernel.numpy()[:, 0]) / 30
    found = looked.class_maps(IMAGES, "maps", np.zeros(3, int))
    assert found.max() > 0
    assert found == pytest.approx(np.maximum(sums, 0), abs=1e-6)


def test_one_output_speaks_for_one_class_and_against_the_other(saved: Saved) -> None:
    model, looked = saved(pooled(1, "sigmoid"))
    kernel = model.get_layer("head").kernel.numpy()[:, 0]
    sums = np.einsum("nhwk,k->nhw", values_of(model, "maps"), kernel) / 30
    for chosen, sign in ((1, 1), (0, -1)):
        found = looked.class_maps(IMAGES, "maps", np.full(3, chosen))
        assert found == pytest.approx(np.maximum(sign * sums, 0), abs=1e-6)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid", None])
def test_scores_come_from_before_the_last_activation(saved: Saved, activation: str | None) -> None:
    model, looked = saved(pooled(3, activation))
    outputs, scores = model.predict(IMAGES, verbose=0), looked.scores(IMAGES)
    assert looked.activation == (activation or "linear")
    if activation == "softmax":
        scores = softmax(scores)
    elif activation == "sigmoid":
        scores = 1 / (1 + np.exp(-scores))
    assert scores == pytest.approx(outputs, abs=1e-6)


def test_probabilities_that_were_averaged_are_scores_as_they_are(saved: Saved) -> None:
    """No score stands behind them: the softmax, or the sigmoid, was taken pixel by pixel."""

    def end(units: int, activation: str) -> Callable[[Any, Any], Any]:
        def build(layers: Any, inputs: Any) -> Any:
            x = layers.Conv2D(units, 1, activation=activation)(mapped(layers, inputs))
            return layers.GlobalAveragePooling2D()(x)

        return build

    for units, activation in ((3, "softmax"), (1, "sigmoid")):
        model, looked = saved(end(units, activation))
        assert looked.activation == "linear"
        assert looked.middle(are_probabilities=True) == 0.5
        outputs = model.predict(IMAGES, verbose=0)
        assert looked.scores(IMAGES) == pytest.approx(outputs, abs=1e-6)

    def many(layers: Any, inputs: Any) -> Any:
        return layers.Flatten()(layers.Activation("softmax")(mapped(layers, inputs)))

    model, looked = saved(many)
    assert looked.activation == "linear"
    outputs = model.predict(IMAGES, verbose=0)
    assert looked.scores(IMAGES) == pytest.approx(outputs, abs=1e-6)


def test_the_last_activation_is_found_behind_layers_that_only_change_the_shape(
    saved: Saved,
) -> None:
    def end(layers: Any, inputs: Any) -> Any:
        x = layers.Conv2D(3, (6, 5), activation="relu")(mapped(layers, inputs))
        x = layers.Flatten()(layers.Activation("softmax")(x))
        return layers.Activation("linear")(layers.Dropout(0.5)(x))

    model, looked = saved(end)
    assert looked.activation == "softmax"
    assert softmax(looked.scores(IMAGES)) == pytest.approx(
        model.predict(IMAGES, verbose=0), abs=1e-6
    )


def test_the_layers_offered_give_maps_that_training_alone_does_not_make(saved: Saved) -> None:
    def end(layers: Any, inputs: Any) -> Any:
        x = layers.RandomFlip()(inputs)
        x = layers.MaxPooling2D(2, name="pooled")(mapped(layers, x))
        x = layers.GaussianNoise(0.1)(layers.SpatialDropout2D(0.5)(x))
        squeezed = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Multiply(name="excited")([x, layers.Conv2D(4, 1, name="one")(squeezed)])
        return layers.Dense(2)(layers.Flatten()(layers.Dropout(0.5)(x)))

    _, looked = saved(end)
    assert [layer["name"] for layer in looked.layers] == ["maps", "pooled", "excited"]
    assert looked.layers[1] == {"name": "pooled", "height": 3, "width": 2, "channels": 4}
    assert looked.input_shape == (6, 5, 2)


@pytest.mark.parametrize("pixels", [100_000, 3 * 6 * 5, 1])
def test_many_images_are_looked_at_in_parts(
    saved: Saved, pixels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, looked = saved(pooled(3, "softmax"))
    monkeypatch.setattr("builder.worker.trained_model._PIXELS", pixels)
    many = np.tile(IMAGES, (7, 1, 1, 1))
    classes = np.tile([0, 1, 2], 7)
    found = looked.class_maps(many, "maps", classes)
    assert found.shape == (21, 6, 5)
    assert np.allclose(found[18:], looked.class_maps(IMAGES, "maps", classes[:3]), atol=1e-6)
    assert np.allclose(looked.scores(many)[18:], looked.scores(IMAGES), atol=1e-6)


def test_half_precision_is_looked_at_in_full(saved: Saved) -> None:
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        _, looked = saved(pooled(3, "softmax"))
    finally:
        keras.config.set_dtype_policy("float32")
    assert looked.scores(IMAGES).dtype == np.float32
    assert looked.class_maps(IMAGES, "maps", np.zeros(3, int)).dtype == np.float32


@pytest.mark.parametrize(
    ("first", "shape", "is_depthwise"),
    [
        ("Conv2D", (3, 3, 2, 4), False),
        ("SeparableConv2D", (3, 3, 2, 1), True),
        ("DepthwiseConv2D", (3, 3, 2, 1), True),
        ("Conv2DTranspose", (3, 3, 2, 4), False),
    ],
)
def test_the_first_filters_are_the_first_convolutions_weights(
    saved: Saved, first: str, shape: tuple[int, ...], is_depthwise: bool
) -> None:
    def end(layers: Any, inputs: Any) -> Any:
        arguments = (3,) if first == "DepthwiseConv2D" else (4, 3)
        x = getattr(layers, first)(*arguments, name="looked_at")(inputs)
        return layers.Dense(2)(layers.Flatten()(layers.Conv2D(2, 1)(x)))

    model, looked = saved(end)
    name, kernel, depthwise = looked.first_filters()
    assert (name, kernel.shape, depthwise) == ("looked_at", shape, is_depthwise)
    theirs = model.get_layer("looked_at").get_weights()[0]
    assert sorted(kernel.ravel()) == sorted(theirs.ravel())
    if first == "Conv2DTranspose":
        theirs = theirs.swapaxes(2, 3)
    assert (kernel == theirs).all()


def test_a_network_without_a_convolution_has_no_filters(saved: Saved) -> None:
    _, looked = saved(lambda layers, inputs: layers.Dense(2)(layers.Flatten()(inputs)))
    assert looked.first_filters() == ("", None, False)
    assert looked.layers == []
