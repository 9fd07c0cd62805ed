"""A trained model for inspection: its scores before the last activation, and its class maps."""

import importlib
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from builder.blocks.probabilities import OF_CLASSES

keras: Any = importlib.import_module("keras")  # neither carries types
tf: Any = importlib.import_module("tensorflow")

_DEPTH = 20_000
"""Keras walks a network by recursion, one level or more for each layer."""

_BATCH = 8
"""The most images at once."""
_PIXELS = 100_000
"""The bytes that limit how many images are looked at together: all outputs are in memory."""

_SAME_IN_USE = (keras.layers.Dropout, keras.layers.GaussianNoise)
"""Layers that have an effect in training only; spatial dropout is a dropout too."""
_SHAPE_ONLY = (*_SAME_IN_USE, keras.layers.Flatten, keras.layers.Reshape)


class TrainedModel:
    """A model from a `.keras` file, for use only.

    Args:
        path: The file.

    Attributes:
        activation: Of the layer that makes the outputs: the scores are the values before it where
            it is softmax or sigmoid and nothing behind it mixes its values, and those behind it for
            all others.
    """

    def __init__(self, path: Path) -> None:
        sys.setrecursionlimit(_DEPTH)
        keras.backend.clear_session()
        self._model: Any = keras.saving.load_model(path, compile=False, safe_mode=True)
        for layer in self._model.layers:
            layer.dtype_policy = "float32"  # small gradients vanish in half precision
        self.activation = _without_last_activation(self._model)

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The layers that may be looked at, in order: `name`, `height`, `width`, `channels`.

        They have weights or follow a layer that does, have an effect outside of training too, and
        output a map.
        """
        found: list[dict[str, Any]] = []
        begun = False
        for layer in self._model.layers:
            begun = begun or bool(layer.weights)
            shape = getattr(layer.output, "shape", ())
            if begun and _is_map(shape) and not isinstance(layer, _SAME_IN_USE):
                sizes = dict(zip(("height", "width", "channels"), shape[1:], strict=True))
                found.append({"name": layer.name, **sizes})
        return found

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Without the batch axis; of several inputs, that of the first."""
        return tuple(self._model.inputs[0].shape[1:])

    def middle(self, *, are_probabilities: bool) -> float:
        """The score of a single output at which both classes are as likely.

        Args:
            are_probabilities: Whether the network gives probabilities.
        """
        return 0.5 if are_probabilities and self.activation not in OF_CLASSES else 0.0

    def scores(self, images: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The scores of images, values 0 to 255: `(count, units)`."""
        parts = [
            keras.ops.convert_to_numpy(self._model(_floats(images[part]), training=False))
            for part in _parts(images)
        ]
        return np.concatenate(parts).reshape(len(images), -1)

    def class_maps(
        self, images: np.ndarray[Any, Any], layer: str, classes: np.ndarray[Any, Any]
    ) -> np.ndarray[Any, Any]:
        """Grad-CAM: where a layer holds what speaks for a class.

        The mean gradient of the class's score weighs each channel of the layer's output; what is
        negative in their sum counts as nothing (Selvaraju et al., Grad-CAM, ICCV 2017, equations
        1 and 2). The score is the value before softmax or sigmoid, as in the paper. A single
        output is the score of class 1, and its negative that of class 0.

        Args:
            images: Values 0 to 255.
            layer: The name of a layer that gives a map.
            classes: One number for each image.

        Returns:
            `(count, height, width)` of the layer, not scaled.
        """
        model = self._model
        inner = keras.Model(model.inputs, [model.get_layer(layer).output, model.outputs[0]])
        return np.concatenate(
            [_class_maps(inner, images[part], classes[part]) for part in _parts(images)]
        )

    def first_filters(self) -> tuple[str, np.ndarray[Any, Any] | None, bool]:
        """The kernel of the first convolution.

        Returns:
            The layer's name, its kernel `(height, width, inputs, filters)`, and whether each filter
            reads one channel only, as in a depthwise or separable convolution. Without any
            convolution: an empty name and None.
        """
        for layer in self._model.layers:
            if isinstance(layer, keras.layers.DepthwiseConv2D):
                return layer.name, keras.ops.convert_to_numpy(layer.kernel), True
            if isinstance(layer, keras.layers.SeparableConv2D):
                return layer.name, keras.ops.convert_to_numpy(layer.depthwise_kernel), True
            if isinstance(layer, keras.layers.Conv2DTranspose):
                kernel = keras.ops.convert_to_numpy(layer.kernel)
                return layer.name, kernel.transpose(0, 1, 3, 2), False
            if isinstance(layer, keras.layers.Conv2D):
                return layer.name, keras.ops.convert_to_numpy(layer.kernel), False
        return "", None, False


def _class_maps(
    inner: Any, images: np.ndarray[Any, Any], classes: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    given = tf.convert_to_tensor(_floats(images))
    with tf.GradientTape() as tape:
        tape.watch(given)  # also of a network whose layers in front are without weights
        maps, scores = inner(given, training=False)
        scores = tf.reshape(scores, (len(images), -1))
        # Images do not touch each other in use, so the sum's gradient is each one's own.
        wanted = tf.reduce_sum(scores * _directions(classes, scores.shape[1]))
    weights = tf.reduce_mean(tape.gradient(wanted, maps), axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1)).numpy()


def _directions(classes: np.ndarray[Any, Any], units: int) -> np.ndarray[Any, Any]:
    """What the scores are multiplied by to get that of each image's class."""
    if units == 1:
        return np.where(classes == 1, 1.0, -1.0).astype("float32")[:, np.newaxis]
    return np.eye(units, dtype="float32")[classes]


def _without_last_activation(model: Any) -> str:
    """Makes the activation of the outputs linear if it yields probabilities; returns its name."""
    layer = model.outputs[0]._keras_history.operation
    while isinstance(layer, _SHAPE_ONLY) or _does_nothing(layer):
        layer = layer.input._keras_history.operation
    name = _name(layer)
    if name == "softmax" and layer.output.shape[-1] != math.prod(model.output_shape[1:]):
        return "linear"  # one softmax for each of several pixels
    if name in OF_CLASSES:
        layer.activation = keras.activations.linear
    return name


def _does_nothing(layer: Any) -> bool:
    return isinstance(layer, keras.layers.Activation) and _name(layer) == "linear"


def _name(layer: Any) -> str:
    return getattr(getattr(layer, "activation", None), "__name__", "linear")


def _is_map(shape: Any) -> bool:
    return len(shape) == 4 and None not in shape[1:] and shape[1] * shape[2] > 1


def _floats(images: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return images.astype("float32")


def _parts(images: np.ndarray[Any, Any]) -> list[slice]:
    """Which images are looked at together."""
    height, width = images.shape[1:3]
    step = max(1, min(_BATCH, _PIXELS // (height * width)))
    return [slice(start, start + step) for start in range(0, len(images), step)]
