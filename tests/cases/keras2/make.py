"""Makes the files of Keras 2 beside it, with what each model gives; run again for new cases only.

    pip install --no-deps --target /tmp/keras2 tf_keras==2.21
    PYTHONPATH=/tmp/keras2:. python tests/cases/keras2/make.py

Each model is written by `to_json()` (all in one compressed file), with its outputs for the weights
and inputs of `tests/importers/arrays.py`, and how many parameters it has.
"""

import gzip
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tests.importers.arrays import inputs_for, values_for

HERE = Path(__file__).parent
keras: Any = import_module("tf_keras")
tf: Any = import_module("tensorflow")
layers, backend = keras.layers, keras.backend
CHANNELS = np.array([1.0, 2.0, 3.0, 4.0], "float32")


def conv(x: Any) -> Any:
    return layers.Conv2D(4, 1)(x)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "quotient": lambda x: x / 255,
    "scaling": lambda x: x / 127.5 - 1.0,
    "number minus": lambda x: 1 - x,
    "sign": lambda x: -x,
    "number times": lambda x: tf.multiply(0.5, x),
    "tensors": lambda x: (x + conv(x)) * tf.subtract(conv(x), x),
    "sum of three": lambda x: tf.add_n([x, conv(x), x]),
    "channels": lambda x: (x - CHANNELS) / tf.constant(CHANNELS),
    "maximum": lambda x: tf.maximum(x, conv(x)) - tf.minimum(x, 0.5),
    "clip": lambda x: tf.clip_by_value(x, 0.0, 6.0),
    "power": lambda x: tf.square(x) + x**3 + tf.abs(x),
    "relu": lambda x: tf.nn.relu(x) + tf.nn.relu6(x),
    "leaky relu": lambda x: tf.nn.leaky_relu(x) + tf.nn.leaky_relu(x, alpha=0.1),
    "elu": lambda x: tf.nn.elu(x) + tf.nn.selu(x),
    "sigmoid": lambda x: tf.sigmoid(x) + tf.tanh(x),
    "softmax": lambda x: tf.nn.softmax(x) + tf.nn.log_softmax(x),
    "softplus": lambda x: tf.math.softplus(x) + tf.nn.softsign(x) + tf.exp(x),
    "silu": lambda x: tf.nn.silu(x) + keras.activations.swish(x),
    "gelu": lambda x: tf.nn.gelu(x),
    "gelu that approximates": lambda x: keras.activations.gelu(x, approximate=True),
    "hard sigmoid": lambda x: keras.activations.hard_sigmoid(x),
    "mish": lambda x: keras.activations.mish(x),
    "relu with settings": lambda x: keras.activations.relu(x, max_value=6.0, alpha=0.1),
    "concat": lambda x: tf.concat([x, conv(x)], axis=-1),
    "concatenate": lambda x: backend.concatenate([x, conv(x)], axis=1),
    "stack": lambda x: tf.stack([x[..., 0], x[..., 3]], axis=-1),
    "reshape": lambda x: tf.reshape(x, (-1, 12, 8)),
    "flatten": lambda x: backend.batch_flatten(x),
    "mean": lambda x: tf.reduce_mean(x, axis=[1, 2]),
    "gate": lambda x: x * tf.sigmoid(tf.reduce_mean(x, [1, 2], keepdims=True)),
    "reductions": lambda x: tf.reduce_sum(x, -1) + tf.reduce_max(x, 3) - tf.reduce_min(x, 3),
    "squeeze": lambda x: tf.squeeze(tf.reduce_mean(x, [1, 2], keepdims=True), [1, 2]),
    "expand": lambda x: tf.expand_dims(backend.mean(x, [1, 2]), 1),
    "transpose": lambda x: tf.transpose(x, [0, 2, 1, 3]),
    "pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
    "pad channels": lambda x: tf.pad(x, [[0, 0], [0, 0], [0, 0], [2, 2]]),
    "slice": lambda x: x[:, 1:-1, ::2, :3],
    "cast": lambda x: tf.cast(x, tf.float32) * 2,
    "pooling": lambda x: tf.nn.avg_pool2d(x, 2, 1, "SAME") + tf.nn.max_pool2d(x, 2, 1, "SAME"),
    "resize": lambda x: tf.image.resize(x, (9, 5)),
    "resize images": lambda x: backend.resize_images(x, 2, 2, "channels_last"),
    "caffe": lambda x: keras.applications.resnet50.preprocess_input(x[..., :3]),
    "torch": lambda x: keras.applications.densenet.preprocess_input(x[..., :3]),
    "keywords": lambda x: tf.add(x=conv(x), y=x),
}
"""Functions without a layer, of an image of 4×6×4."""

LAYERS: dict[str, Callable[[Any], Any]] = {
    "Activation hard_sigmoid": lambda x: layers.Activation("hard_sigmoid", name="gate")(x),
    "Conv2D hard_sigmoid": lambda x: layers.Conv2D(4, 3, activation="hard_sigmoid", name="c")(x),
    "Dense hard_sigmoid": lambda x: layers.Dense(3, activation="hard_sigmoid")(x),
    "SeparableConv2D hard_sigmoid": lambda x: layers.SeparableConv2D(
        3, 3, activation=keras.activations.hard_sigmoid
    )(x),
    "an activation that is a layer": lambda x: layers.Conv2D(
        4, 1, activation=layers.LeakyReLU(alpha=0.1)
    )(x),
    **{
        f"Activation {name}": lambda x, name=name: layers.Activation(name)(x)
        for name in (
            *("relu", "elu", "selu", "gelu", "swish", "tanh", "sigmoid", "softmax", "softplus"),
            *("softsign", "exponential", "mish"),
        )
    },
    **{
        f"Activation tf.nn.{function.__name__}": lambda x, f=function: layers.Activation(f)(x)
        for function in (tf.nn.relu6, tf.nn.leaky_relu, tf.nn.log_softmax, tf.nn.softmax)
    },
    "LeakyReLU": lambda x: layers.LeakyReLU()(x) + layers.LeakyReLU(alpha=0.1)(x),
    "ReLU": lambda x: layers.ReLU(max_value=6.0, negative_slope=0.1, threshold=0.3)(x),
    "ThresholdedReLU": lambda x: layers.ThresholdedReLU(theta=0.7)(x),
    "PReLU": lambda x: layers.PReLU(shared_axes=[1, 2])(x),
    "Softmax": lambda x: layers.Softmax()(x),
    "Minimum": lambda x: layers.Minimum()([x, conv(x)]),
    "merging": lambda x: layers.Average()([layers.Maximum()([x, conv(x)]), conv(x)]),
    "BatchNormalization": lambda x: layers.BatchNormalization(epsilon=0.01)(x),
    "SyncBatchNormalization": lambda x: layers.BatchNormalization(synchronized=True)(x),
    "LayerNormalization": lambda x: layers.LayerNormalization(axis=[1, 3])(x),
    "GroupNormalization": lambda x: layers.GroupNormalization(groups=2)(x),
    "Normalization": lambda x: layers.Normalization(mean=CHANNELS, variance=CHANNELS)(x),
    "Rescaling": lambda x: layers.Rescaling([0.5, 2.0, 1.0, -1.0], offset=0.25)(x),
    "UpSampling2D bilinear": lambda x: layers.UpSampling2D(2, interpolation="bilinear")(x),
    "UpSampling2D nearest": lambda x: layers.UpSampling2D((2, 3))(x),
    "Resizing": lambda x: layers.Resizing(9, 5, interpolation="bicubic")(x),
    "pooling": lambda x: (
        layers.AveragePooling2D(2, 1, "same")(x) + layers.MaxPool2D(2, 1, "same")(x)
    ),
    "global pooling": lambda x: layers.GlobalAveragePooling2D(keepdims=True)(x) * x,
    "DepthwiseConv2D": lambda x: layers.DepthwiseConv2D(3, depth_multiplier=2, dilation_rate=2)(
        layers.ZeroPadding2D(2)(x)
    ),
    "Conv2DTranspose": lambda x: layers.Conv2DTranspose(3, 3, 2, "same")(x),
    "Conv2D groups": lambda x: layers.Conv2D(4, 3, groups=2, padding="same")(x),
    "CenterCrop": lambda x: layers.CenterCrop(2, 3)(x),
    "CenterCrop of a larger size": lambda x: layers.CenterCrop(8, 7)(x),
    "RandomCrop": lambda x: layers.RandomCrop(3, 2)(x),
    "Resizing with a crop": lambda x: layers.Resizing(9, 5, crop_to_aspect_ratio=True)(x),
    "augmentation": lambda x: layers.RandomRotation(0.1)(
        layers.RandomZoom(0.1)(
            layers.RandomContrast(0.1)(
                layers.RandomBrightness(0.1)(
                    layers.RandomTranslation(0.1, 0.2)(layers.RandomFlip("horizontal")(x))
                )
            )
        )
    ),
    "noise": lambda x: layers.SpatialDropout2D(0.2)(
        layers.GaussianNoise(0.1)(layers.Dropout(0.3, noise_shape=(None, 1, 1, 1))(x))
    ),
    "reshaping": lambda x: layers.Permute((2, 1, 3))(layers.Reshape((6, 4, 4))(x)),
}
"""Layers whose names or settings could mean something else in Keras 3."""

FAMILIES: dict[str, Callable[[], Any]] = {
    name: lambda name=name: getattr(keras.applications, name)(
        weights=None, input_shape=(32, 32, 3), classes=5, classifier_activation=None
    )
    for name in ("MobileNetV3Small", "ConvNeXtTiny", "EfficientNetV2B0")
}


def _on_an_image(function: Callable[[Any], Any]) -> Any:
    image = keras.Input((4, 6, 4))
    return keras.Model(image, function(conv(image)))


def _weights(model: Any) -> list[Any]:
    found: list[Any] = []
    for layer in model.layers:
        found += _weights(layer) if hasattr(layer, "layers") else layer.weights
    return [w for w in found if w.dtype.is_floating]


def _described(model: Any) -> dict[str, Any]:
    for number, weight in enumerate(_weights(model)):
        weight.assign(values_for(number, weight.shape, weight.trainable))
    output = model(inputs_for(model.input_shape[1:]), training=False).numpy()
    content = json.loads(model.to_json())
    return {
        "model": content,
        "params": model.count_params(),
        "output": [float(f"{value:.7g}") for value in output.ravel()],
        "shape": output.shape,
    }


def _write(name: str, models: dict[str, Callable[[], Any]]) -> None:
    made: dict[str, Any] = {}
    for title, make in models.items():
        backend.clear_session()
        made[title] = _described(make())
    text = json.dumps(made, separators=(",", ":")).encode()
    (HERE / f"{name}.json.gz").write_bytes(gzip.compress(text, 9, mtime=0))


if __name__ == "__main__":
    _write("functions", {t: lambda f=f: _on_an_image(f) for t, f in FUNCTIONS.items()})
    _write("layers", {t: lambda f=f: _on_an_image(f) for t, f in LAYERS.items()})
    _write("families", FAMILIES)
    sys.stdout.write(f"Keras {keras.__version__}\n")
