"""Broken networks with what their first issue is mended by, as the button says it."""

from dataclasses import dataclass
from typing import Any

from builder.network.architecture import Architecture
from tests.broken import net

IMAGE = ("image", "Input", {"shape": (12, 12, 3)})
SMALL = ("image", "Input", {"shape": (1, 1, 3)})
FLAT = ("flat", "Flatten")
CROP = ("crop", "RandomCrop", {"height": 8, "width": 8})
DENSE = ("dense", "Dense", {"units": 10})


@dataclass(frozen=True)
class Mendable:
    """A network with an issue, and the fix that is offered.

    Attributes:
        title: What is wrong, in a few words.
        architecture: The network.
        label: The fix in words.
        node: The node whose issue it is; empty for the network's own.
        builds: Whether nothing else is wrong.
    """

    title: str
    architecture: Architecture
    label: str
    node: str
    builds: bool = True

    def __str__(self) -> str:
        return self.title


def one(title: str, label: str, *nodes: tuple[Any, ...], at: str = "", builds: bool = True):
    """A case whose issue is that of the last node, or of the given one."""
    return Mendable(title, net(*nodes), label, at or nodes[-1][0], builds)


def layer(title: str, label: str, block: str, before: Any = IMAGE, **parameters: object):
    """A case of one layer with parameters that do not fit."""
    return one(
        title, label, *([] if before[1] == "Input" else [IMAGE]), before, ("x", block, parameters)
    )


MENDABLE = (
    layer("a pool of a pixel", "Set padding of x to same", "MaxPooling2D", SMALL),
    layer("a large window", "Set padding of x to same", "Conv2D", kernel_size=15),
    layer("an axis", "Set axis of x to -1", "BatchNormalization", FLAT, axis=3),
    layer("an axis twice", "Set axis of x to 3", "LayerNormalization", axis=(3, -1)),
    layer("shared axes", "Set shared_axes of x to none", "PReLU", FLAT, shared_axes=(1, 2)),
    layer("shared axes of an image", "Set shared_axes of x to 1×2", "PReLU", shared_axes=(1, 4)),
    layer("a mask", "Set noise_shape of x to none", "Dropout", noise_shape=(None, 5, 1, 1)),
    layer("both", "Set dilation_rate of x to 1", "Conv2D", strides=2, dilation_rate=2),
    layer("strides", "Set strides of x to 3", "SeparableConv2D", strides=(2, 3)),
    layer("dilated", "Set dilation_rate of x to 1", "Conv2DTranspose", dilation_rate=2),
    layer(
        "output padding",
        "Set output_padding of x to 1",
        "Conv2DTranspose",
        strides=2,
        output_padding=3,
    ),
    layer(
        "an even window",
        "Set output_padding of x to none",
        "Conv2DTranspose",
        kernel_size=2,
        strides=2,
        padding="same",
        output_padding=0,
    ),
    layer(
        "cropped and padded",
        "Set pad_to_aspect_ratio of x to False",
        "Resizing",
        crop_to_aspect_ratio=True,
        pad_to_aspect_ratio=True,
    ),
    layer("groups", "Set groups of x to 3", "Conv2D", filters=9, groups=4),
    layer("groups of channels", "Set groups of x to 3", "GroupNormalization", groups=8),
    layer("a mean alone", "Set mean of x to none", "Normalization", mean=0.5),
    layer("a range", "Set value_range of x to (0, 255)", "RandomBrightness", value_range=(255, 0)),
    layer(
        "an empty range", "Set value_range of x to (0, 255)", "RandomBrightness", value_range=(1, 1)
    ),
    layer(
        "slopes",
        "Set alpha_initializer of x to zeros",
        "PReLU",
        FLAT,
        alpha_initializer="orthogonal",
    ),
    layer("a shape", "Set target_shape of x to 6×-1", "Reshape", target_shape=(6, 5)),
    one(
        "a merge, repeated",
        "Set repeat of x to 1",
        IMAGE,
        ("x", "Add", {}, ("image", "image"), "", 2),
    ),
    one("too often", "Set repeat of x to 3", IMAGE, ("x", "MaxPooling2D", {}, ("image",), "", 4)),
    one("behind Flatten", "Move x in front of flat", IMAGE, FLAT, ("x", "Conv2D"), DENSE, at="x"),
    one(
        "behind a Dense layer", "Move x in front of flat", IMAGE, FLAT, DENSE, ("x", "MaxPooling2D")
    ),
    one("a module", "Move x in front of flat", IMAGE, FLAT, ("x", "residual_block"), DENSE, at="x"),
    one(
        "three inputs for two",
        "Disconnect c from x",
        IMAGE,
        ("b", "ReLU"),
        ("c", "ReLU", {}, ("image",)),
        ("x", "Subtract", {}, ("image", "b", "c")),
        at="x",
        builds=False,
    ),
    one(
        "one input for a merge",
        "Connect relu to x",
        IMAGE,
        ("relu", "ReLU"),
        ("x", "Add", {}, ("image",)),
        at="x",
    ),
    one("no input", "Connect image to x", IMAGE, ("x", "Conv2D", {}, ())),
    one("a source that is gone", "Connect image to x", IMAGE, ("x", "Conv2D", {}, ("gone",))),
    one(
        "a cycle",
        "Disconnect relu from x",
        IMAGE,
        ("b", "ReLU"),
        ("x", "Add", {}, ("image", "b", "relu")),
        ("relu", "ReLU"),
        at="x",
    ),
    one("unread", "Remove x", IMAGE, ("x", "Conv2D"), ("relu", "ReLU", {}, ("image",)), at="x"),
    one(
        "a name twice",
        "Rename act to act_2",
        IMAGE,
        ("a", "ReLU", {}, ("image",), "act"),
        ("x", "ReLU", {}, ("a",), "act"),
    ),
    one(
        "a name of Keras",
        "Rename conv2d_1 to own_conv2d_1",
        IMAGE,
        ("x", "Conv2D", {}, ("image",), "conv2d_1"),
        ("b", "Conv2D"),
        at="x",
    ),
    one("a crop", "Add CenterCrop (height 8, width 8) behind crop", IMAGE, CROP, FLAT, DENSE),
    one("a crop at the end", "Add CenterCrop (height 8, width 8) behind crop", IMAGE, CROP),
    one(
        "channels",
        "Add Conv2D (filters 32, kernel_size 1) between image and x",
        IMAGE,
        ("conv", "Conv2D", {"padding": "same"}),
        ("x", "Add", {}, ("conv", "image")),
    ),
    one(
        "channels and sizes",
        "Add Conv2D (filters 32, kernel_size 1, strides 2) between image and x",
        IMAGE,
        ("conv", "Conv2D", {"padding": "same", "strides": 2}),
        ("x", "Add", {}, ("image", "conv")),
    ),
    one(
        "sizes",
        "Add MaxPooling2D (pool_size 2, strides 2, padding same) between image and x",
        IMAGE,
        ("conv", "Conv2D", {"filters": 3, "padding": "same", "strides": 2}),
        ("x", "Add", {}, ("image", "conv")),
    ),
    one(
        "a margin",
        "Add Cropping2D (cropping 1×1) between image and x",
        IMAGE,
        ("conv", "Conv2D", {"filters": 3}),
        ("x", "Add", {}, ("conv", "image")),
    ),
    one(
        "rows",
        "Add Dense (units 10) between flat and x",
        IMAGE,
        FLAT,
        DENSE,
        ("x", "Add", {}, ("dense", "flat")),
    ),
    one(
        "side by side",
        "Add Cropping2D (cropping 1×1) between image and x",
        IMAGE,
        ("conv", "Conv2D"),
        ("x", "Concatenate", {}, ("conv", "image")),
    ),
    one(
        "an image beside a row",
        "Add GlobalAveragePooling2D between image and x",
        IMAGE,
        FLAT,
        ("x", "Concatenate", {}, ("flat", "image")),
    ),
)
