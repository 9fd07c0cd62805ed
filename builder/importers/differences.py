"""Layers whose names or settings have different meanings in Keras 2 and Keras 3.

What Keras 3 can express is rewritten so that it computes the same; the rest is reported. The
sources of tf_keras 2.21 and Keras 3.15 were compared layer by layer: layers that are not listed
here mean the same in both.
"""

from dataclasses import replace
from typing import Any

from builder.blocks.base import Block
from builder.importers.configuration import is_list
from builder.importers.pieces import made
from builder.importers.reasons import Reason
from builder.importers.unfolding import Call
from builder.importers.values import NotTakenError, activation, shortest
from builder.importers.version import KerasVersion
from builder.system.errors import Problem

OLD_CLASSES = {
    "AvgPool2D": "AveragePooling2D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Custom>CustomScaleLayer": "CustomScaleLayer",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "MaxPool2D": "MaxPooling2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "SyncBatchNormalization": "BatchNormalization",
    "ThresholdedReLU": "ReLU",
}
OLD_SETTINGS = {"LeakyReLU": {"alpha": "negative_slope"}, "ReLU": {"theta": "threshold"}}

ROUNDED = {"LeakyReLU", "ReLU", "ThresholdedReLU"}
"""Layers whose numbers Keras 2 rounds to 32 bits."""

OLD_HARD_SIGMOID = (made("Rescaling", scale=0.2, offset=0.5), made("ReLU", max_value=1.0))
"""Keras 2's hard_sigmoid: clip(0.2 · x + 0.5, 0, 1), where Keras 3's has 1/6 for 0.2."""

HALF_PIXELS = (2, 3)
"""From here on, and in TensorFlow 2 before, bilinear upsampling reads at the centers of pixels."""


def modernized(call: Call, keras: KerasVersion) -> Call:
    """Writes a layer's class and settings as Keras 3 does.

    Args:
        call: The layer as the file describes it.
        keras: Which Keras wrote the file.
    """
    name = OLD_CLASSES.get(call.class_name, call.class_name)
    renamed = OLD_SETTINGS.get(name, {})
    config = {renamed.get(key, key): value for key, value in call.config.items()}
    if keras.is_old and call.class_name in ROUNDED:
        config = {key: shortest(value) for key, value in config.items()}
    if name == "RandomContrast" and _is_number(config.get("factor")):
        # Up to Keras 3.7 a single number is a change in both directions; later versions read it as
        # upwards only, and always write two.
        config["factor"] = [config["factor"], config["factor"]]
    return replace(call, class_name=name, config=config)


def differences(call: Call, keras: KerasVersion) -> tuple[Problem, ...]:
    """Lists what a layer of an older Keras does differently."""
    before = keras.minor is not None and keras[:2] < HALF_PIXELS
    if before and call.class_name == "UpSampling2D" and _interpolation(call) == "bilinear":
        return (Problem(Reason.OLD_BILINEAR),)
    factor = call.config.get("factor")
    if call.class_name == "RandomContrast" and is_list(factor) and len(factor) == 2:
        down, up = factor
        if _is_number(down) and _is_number(up) and down > up:
            return (Problem(Reason.OLD_CONTRAST, {"down": down, "up": up}),)
    return ()


def old_activation(value: Any, keras: KerasVersion) -> tuple[Block, ...]:
    """The blocks for an activation that has become a different function; none for all others."""
    if not keras.is_old:
        return ()
    try:
        name = activation(value)
    except NotTakenError:
        return ()
    return OLD_HARD_SIGMOID if name == "hard_sigmoid" else ()


def old_ending(call: Call, keras: KerasVersion) -> tuple[Block, ...]:
    """The blocks that follow a layer that did more in Keras 2; none for all others.

    Outside of training, Keras 2's RandomCrop resized the image to its size and cut off the rest;
    Keras 3's leaves the image as it is.
    """
    if not keras.is_old or call.class_name != "RandomCrop":
        return ()
    height, width = call.config.get("height"), call.config.get("width")
    return (made("Resizing", height=height, width=width, crop_to_aspect_ratio=True),)


def _interpolation(call: Call) -> Any:
    return call.config.get("interpolation")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
